import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asvsChapters } from "../scripts/security-documents/asvs/chapters.ts";
import { repository } from "./support/sources.ts";

const items = asvsChapters.flatMap((chapter) => chapter.items);

/** The last item of each section, and those in it that need text messages or another identity provider. */
const sections: readonly [section: string, last: number, without?: readonly number[]][] = [
  ["6.1", 3],
  ["6.2", 12],
  ["6.3", 4],
  ["6.4", 4],
  ["6.5", 5],
  ["6.6", 3, [1]],
  ["7.1", 2],
  ["7.2", 4],
  ["7.3", 2],
  ["7.4", 5],
  ["7.5", 2],
  ["8.1", 2],
  ["8.2", 3],
  ["8.3", 1],
  ["8.4", 1],
  ["16.1", 1],
  ["16.2", 5],
  ["16.3", 4],
  ["16.4", 3],
  ["16.5", 3],
];

test("docs/ASVS.md has each of the 68 active core items, once", () => {
  const expected = sections.flatMap(([section, last, without = []]) =>
    Array.from({ length: last }, (_, index) => index + 1)
      .filter((number) => !without.includes(number))
      .map((number) => `${section}.${number}`),
  );
  expect(expected).toHaveLength(68);
  expect(items.filter(({ beyond }) => beyond !== true).map(({ id }) => id)).toEqual(expected);
});

test("docs/ASVS.md names tests that are there, and one at least for what holds", () => {
  const missing = items.flatMap(({ id, tests }) =>
    tests.filter((file) => !existsSync(join(repository, file))).map((file) => `${id}: ${file}`),
  );
  expect(missing).toEqual([]);
  expect(items.filter(({ state, tests }) => state !== "not yet" && tests.length === 0).map(({ id }) => id)).toEqual([]);
});
