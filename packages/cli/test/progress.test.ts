import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createProgress } from "../src/progress.ts";

async function showOn({ isTTY }: { isTTY: boolean }): Promise<string> {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 200 });
  const context = { stderr, stdout: new PassThrough(), stdin: Readable.from([]) };
  const progress = createProgress({ ...context, environment: {}, untilAskedToEnd: () => Promise.resolve() });
  const half = { step: "rows" as const, rowsDone: 50, rowsTotal: 100, rowsPerSecond: 25, secondsLeft: 2 };
  progress.show({ ...half, table: "users\u001B[2J" });
  progress.end();
  stderr.end();
  return text(stderr);
}

test("a terminal shows how far it is, and obeys no name of a table", async () => {
  const shown = await showOn({ isTTY: true });
  expect(shown).toContain("50% ");
  expect(shown).toContain("50 of 100 rows, 25 a second, 2 s left");
  expect(shown).toContain("users\\u001b[2J");
});

test("a file or a pipe gets nothing", async () => {
  expect(await showOn({ isTTY: false })).toBe("");
});
