import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ValidationError } from "@nerve/database";
import { parseSettings } from "../../src/index.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nerve-places-"));
  await symlink(root, join(root, "link"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Every setting that says where something is kept, and how a path is written there. */
const places: Readonly<Record<string, (path: string) => string>> = {
  NERVE_UPLOADS_FOLDER: (path) => path,
  NERVE_IMPORT_FOLDER: (path) => path,
  NERVE_BACKUP_FOLDER: (path) => path,
  NERVE_AUDIT_ARCHIVE_FOLDER: (path) => path,
  NERVE_DATABASE_URL: (path) => `sqlite:${path}`,
  NERVE_KEY_FILE: (path) => path,
};
const names = Object.keys(places);
const pairs = names.flatMap((outer) => names.filter((inner) => inner !== outer).map((inner) => [outer, inner]));

function issuesOf(environment: Readonly<Record<string, string>>) {
  try {
    parseSettings(environment);
    return [];
  } catch (error) {
    return (error as ValidationError).issues;
  }
}

const apart = () => Object.fromEntries(names.map((name) => [name, places[name]?.(join(root, name)) ?? ""]));
const withPair = (outer: [string, string], inner: [string, string]) => ({
  ...apart(),
  ...Object.fromEntries([outer, inner].map(([name, path]) => [name, places[name]?.(path) ?? ""])),
});

describe("Places of one's own", () => {
  test("are taken, as those are that come without a setting", () => {
    expect(issuesOf(apart())).toEqual([]);
    expect(issuesOf({})).toEqual([]);
    expect(issuesOf({ NERVE_DATABASE_URL: "postgres://127.0.0.1/nerve" })).toEqual([]);
  });

  test.each(pairs)("are wanted of %s and %s, which is within it", (outer = "", inner = "") => {
    for (const between of ["data", join("link", "data")]) {
      const issues = issuesOf(withPair([outer, join(root, "data")], [inner, join(root, between, "in", "it")]));
      expect(issues).toMatchObject([{ field: outer, message: expect.stringContaining(`contains ${inner}`) }]);
    }
  });

  test.each(pairs)("are wanted of %s and %s, which are one", (one = "", other = "") => {
    const issues = issuesOf(withPair([one, join(root, "data")], [other, join(root, "link", "data")]));
    expect(issues).toHaveLength(1);
    expect(`${issues[0]?.field} ${issues[0]?.message}`).toMatch(new RegExp(`${one}.*${other}|${other}.*${one}`));
  });

  test("are wanted beside the defaults, the key file's too", () => {
    expect(issuesOf({ NERVE_UPLOADS_FOLDER: "data" }).length).toBe(5);
    expect(issuesOf({ NERVE_BACKUP_FOLDER: "data/ghost.key" })[0]?.message).toContain("NERVE_KEY_FILE");
  });
});
