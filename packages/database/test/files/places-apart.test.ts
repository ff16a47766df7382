import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePrivateFolder } from "../../src/files/durable.ts";
import { findNestedPlaces } from "../../src/files/places-apart.ts";
import { realPathOf } from "../../src/files/real-path.ts";

let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "nerve-places-")));
  await mkdir(join(root, "data", "uploads"), { recursive: true });
  await writeFile(join(root, "data", "ghost.db"), "");
  await symlink(join(root, "data", "uploads"), join(root, "link"));
  await symlink("data/nothing-yet", join(root, "dangling"));
  await symlink("round", join(root, "round"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Compares `uploads` with another place, both ways round: the finding must not depend on the order. */
function faultsOf(uploads: string, other: string): string[] {
  const places = [
    { name: "uploads", path: join(root, uploads) },
    { name: "other", path: join(root, other) },
  ];
  const found = findNestedPlaces(places);
  expect(findNestedPlaces(places.toReversed())).toHaveLength(found.length);
  return found.map(({ field, message }) => `${field} ${message.replace(/ \(.*/, "")} ${message}`);
}

describe("Two places", () => {
  test.each([
    ["data/uploads", "data/uploads/backups"],
    ["data/uploads", "data/uploads/not/there/yet"],
    ["data", "data/ghost.db"],
    ["data/uploads", "data/uploads"],
    ["data/uploads", "data/../data/uploads/"],
    ["link", "data/uploads/deep"],
    ["data/uploads", "link/deep"],
    ["data/uploads", "data/uploads/ghost.key"],
    ["dangling", "data/nothing-yet/backups"],
    ["data/nothing-yet", "dangling"],
    [".", "link"],
  ])("%s and %s are at odds", (uploads, other) => {
    expect(faultsOf(uploads, other)).toHaveLength(1);
  });

  test.each([
    ["data/uploads", "data/uploads-of-old"],
    ["data/uploads", "data/ghost.db"],
    ["data/uploads", "data/backups"],
    ["not/there", "not/there-either"],
    ["round", "data/uploads"],
  ])("%s and %s go together", (uploads, other) => {
    expect(faultsOf(uploads, other)).toEqual([]);
  });

  test("are both named, with their paths", () => {
    const [found] = findNestedPlaces([
      { name: "NERVE_BACKUP_FOLDER", path: `${root}/data/uploads/b` },
      { name: "NERVE_UPLOADS_FOLDER", path: `${root}/data/uploads` },
    ]);
    expect(found?.field).toBe("NERVE_UPLOADS_FOLDER");
    expect(found?.message).toContain(`contains NERVE_BACKUP_FOLDER (${root}/data/uploads/b)`);
  });
});

test("a path leads where its links lead, also those to what is not there yet", () => {
  expect(realPathOf(join(root, "link", "a", "b"))).toBe(join(root, "data", "uploads", "a", "b"));
  expect(realPathOf(join(root, "dangling", "c"))).toBe(join(root, "data", "nothing-yet", "c"));
});

test.runIf(process.platform === "linux")("a folder that the system will not make is refused at once", async () => {
  await expect(makePrivateFolder("/proc/nerve/backups")).rejects.toMatchObject({ code: "ENOENT" });
});

test("a folder that is a file is refused, and one that is there stays as it is", async () => {
  await expect(makePrivateFolder(join(root, "data", "ghost.db"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makePrivateFolder(join(root, "data", "ghost.db", "deep"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await makePrivateFolder(join(root, "data"));
});
