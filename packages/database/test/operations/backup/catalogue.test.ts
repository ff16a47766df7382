import { appendFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import {
  createBackup,
  findBackupBefore,
  findIncompleteBackups,
  listBackups,
  pruneBackups,
} from "../../../src/operations/backup/index.ts";
import { testClock } from "../../support/clock.ts";

const clock = testClock();
let parent: string;
let folder: string;
let db: Database;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "nerve-catalogue-test-"));
  db = await openDatabase(`sqlite:${join(parent, "ghost.db")}`, { clock, synchronous: "normal" });
});
afterAll(async () => {
  await db.close();
  await rm(parent, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(parent, "b-"));
});

/** Makes one backup at each time. */
async function backUpAt(times: readonly string[], verify = false): Promise<void> {
  for (const time of times) {
    clock.set(new Date(time));
    await createBackup(db, { folder, verify });
  }
}

const timesLeft = async () => (await listBackups(folder)).map(({ createdAt }) => createdAt.toISOString().slice(0, 16));

test("backups are listed newest first by the state that they hold, whatever the times of their files", async () => {
  await backUpAt(["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-01T00:00:00Z"]);
  for (const name of await readdir(folder)) await utimes(join(folder, name), new Date(0), new Date(0));
  expect(await timesLeft()).toEqual(["2026-03-03T00:00", "2026-03-02T00:00", "2026-03-01T00:00"]);
  expect(await listBackups(join(folder, "missing"))).toEqual([]);
});

test("the state before an incident is the newest backup that is no later", async () => {
  await backUpAt(["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]);
  const found = await findBackupBefore(folder, new Date("2026-03-02T23:59:59Z"));
  expect(found?.createdAt).toEqual(new Date("2026-03-02T00:00:00Z"));
  expect(await findBackupBefore(folder, new Date("2026-02-28T00:00:00Z"))).toBeNull();
});

test("pruning keeps the newest, and the newest of each day, week and month", async () => {
  await backUpAt(["2026-01-15T08:00Z", "2026-01-31T08:00Z", "2026-02-27T08:00Z", "2026-03-07T08:00Z"]);
  await backUpAt(["2026-03-08T08:00Z", "2026-03-09T08:00Z", "2026-03-09T20:00Z", "2026-03-10T08:00Z"]);
  const { deleted } = await pruneBackups(folder, { keep: 1, daily: 2, weekly: 2, monthly: 3, dryRun: true });
  expect(deleted).toHaveLength(3);
  expect(await listBackups(folder)).toHaveLength(8);
  await pruneBackups(folder, { keep: 1, daily: 2, weekly: 2, monthly: 3 });
  expect(await timesLeft()).toEqual([
    "2026-03-10T08:00",
    "2026-03-09T20:00",
    "2026-03-08T08:00",
    "2026-02-27T08:00",
    "2026-01-31T08:00",
  ]);
  expect(await readdir(folder)).toHaveLength(10);
});

test("pruning never deletes the last verified backup that is still intact", async () => {
  await backUpAt(["2026-03-01T00:00Z", "2026-03-02T00:00Z"], true);
  await backUpAt(["2026-03-03T00:00Z", "2026-03-04T00:00Z"]);
  const [, , newestVerified] = await listBackups(folder);
  await appendFile(newestVerified?.backupPath ?? "", "x");
  await pruneBackups(folder, { keep: 1 });
  expect(await timesLeft()).toEqual(["2026-03-04T00:00", "2026-03-01T00:00"]);
});

test("pruning clears what has no manifest, touches nothing else, and wants a rule", async () => {
  await backUpAt(["2026-03-01T00:00Z"]);
  await writeFile(join(folder, "nerve_backup_20260101T000000Z_0123456789ab.db"), "left behind");
  await writeFile(join(folder, "notes.txt"), "mine");
  await pruneBackups(folder, { keep: 5 });
  expect((await readdir(folder)).filter((name) => !name.includes("20260301"))).toEqual(["notes.txt"]);
  await expect(pruneBackups(folder, {})).rejects.toMatchObject({ code: "INVALID_INPUT", field: "keep" });
});

test("files that are no complete backup are named, whatever is wrong with them", async () => {
  expect(await findIncompleteBackups(join(folder, "missing"))).toEqual([]);
  await backUpAt(["2026-03-01T00:00Z", "2026-03-02T00:00Z", "2026-03-03T00:00Z"]);
  expect(await findIncompleteBackups(folder)).toEqual([]);
  const [newest, middle] = await listBackups(folder);
  await appendFile(newest?.backupPath.replace(/db$/, "json") ?? "", "x");
  await rm(middle?.backupPath ?? "");
  await writeFile(join(folder, "notes.txt"), "mine");
  const names = [newest?.backupPath ?? "", newest?.backupPath.replace(/db$/, "json") ?? ""].map((path) =>
    basename(path),
  );
  const left = basename(middle?.backupPath.replace(/db$/, "json") ?? "");
  expect(await findIncompleteBackups(folder)).toEqual([...names, left, "notes.txt"].toSorted());
});

test("a backup clears what a killed restore left beside the database", async () => {
  const left = join(parent, ".ghost.db.restore-0123456789ab.partial");
  await mkdir(left);
  await writeFile(join(left, "lock"), "");
  await writeFile(join(left, "incoming.db"), "as large as the database");
  await backUpAt(["2026-03-01T00:00Z"]);
  expect((await readdir(parent)).filter((name) => name.endsWith(".partial"))).toEqual([]);
});
