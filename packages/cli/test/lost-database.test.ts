import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createUser, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyPlace } from "../../database/test/support/engines.ts";
import { nerve } from "./support/nerve.ts";

/** An installation with everything that a database leaves beside it, of which each test has a copy's parts. */
let whole: string;
/** Name of its backup's file. */
let backup: string;

const password = "moon river dance seven";
const inFolder = (folder: string) => ({
  NERVE_DATABASE_URL: `sqlite:${join(folder, "ghost.db")}`,
  NERVE_BACKUP_FOLDER: join(folder, "backups"),
  NERVE_UPLOADS_FOLDER: join(folder, "uploads"),
});
const run = (folder: string, ...words: string[]) => nerve(words, { environment: inFolder(folder) });

beforeAll(async () => {
  whole = await mkdtemp(join(tmpdir(), "nerve-lost-"));
  expect((await run(whole, "init")).code).toBe(0);
  await mkdir(join(whole, "uploads"));
  await writeFile(join(whole, "uploads", "list.txt"), "uploaded");
  const made = await run(whole, "backup", "create", "--no-verify", "--json");
  backup = basename((JSON.parse(made.stdout) as { backupPath: string }).backupPath);
  // Its log, with what a process wrote that was killed.
  const db = await openDatabase(inFolder(whole).NERVE_DATABASE_URL);
  await createUser(db, { email: "late@example.org", password, role: "user" });
  for (const ending of ["-wal", "-shm"]) await copyFile(join(whole, `ghost.db${ending}`), join(whole, `kept${ending}`));
  await db.close();
  for (const ending of ["-wal", "-shm"]) await rename(join(whole, `kept${ending}`), join(whole, `ghost.db${ending}`));
  await rename(join(whole, "ghost.db"), join(whole, "lost.db"));
});
const places: string[] = [];
afterAll(async () => {
  for (const place of [whole, ...places]) await rm(place, { recursive: true, force: true });
});

/** A place with some of what the database left. */
async function placeWith(...names: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-left-"));
  places.push(folder);
  for (const name of names) await copyAll(join(whole, name), join(folder, name));
  return folder;
}

async function copyAll(from: string, to: string): Promise<void> {
  const names = await readdir(from).catch(() => undefined);
  if (names === undefined) return copyFile(from, to);
  await mkdir(to);
  for (const name of names) await copyAll(join(from, name), join(to, name));
}

const commands = [
  ["init"],
  ["serve", "--port", "0"],
  ["migrate", "up"],
  ["stats"],
  ["health"],
  ["backup", "create"],
  ["maintenance", "run", "hourly"],
];

test.each(["ghost.key", "ghost.db-wal", "ghost.db-shm", "backups", "uploads"])(
  "a database that is missing is not made anew beside its %s: the path and the remedies are told",
  async (name) => {
    const folder = await placeWith(name);
    for (const words of commands) {
      const { code, stdout, stderr } = await run(folder, ...words);
      // Health says what it found: that is an answer, and not a good one.
      expect([words, code]).toEqual([words, words[0] === "health" ? 1 : 3]);
      expect(stdout + stderr).toContain(`${join(folder, name)} shows that there was one`);
      expect(stdout + stderr).toContain("nerve backup restore FILE --confirm");
    }
    expect(await readdir(folder)).toEqual([name]);
  },
);

test("what says nothing of a database keeps none from being made", async () => {
  const folder = await placeWith();
  for (const name of ["backups", "uploads"]) await mkdir(join(folder, name, ".hidden"), { recursive: true });
  expect((await run(folder, "init")).code).toBe(0);
  // Backups that lie elsewhere may be another database's.
  const environment = { ...inFolder(await placeWith()), NERVE_BACKUP_FOLDER: join(whole, "backups") };
  expect((await nerve(["init"], { environment })).code).toBe(0);
});

test("nerve init --new makes an empty one all the same, but not beside a log that it would take for its own", async () => {
  const folder = await placeWith("ghost.key", "backups", "uploads", "ghost.db-wal", "ghost.db-shm");
  const refused = await run(folder, "init", "--new");
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("Move that file away first")]);
  for (const ending of ["-wal", "-shm"]) await rename(join(folder, `ghost.db${ending}`), join(folder, `away${ending}`));
  expect((await run(folder, "init", "--new")).code).toBe(0);
  expect((await run(folder, "user", "list")).stdout).not.toContain("late@example.org");
});

test("an empty PostgreSQL database is not made ready beside the backups of one that was dropped", async () => {
  const folder = await placeWith();
  const place = await emptyPlace("postgres");
  const environment = { ...inFolder(folder), NERVE_DATABASE_URL: place.url, NERVE_KEY_FILE: join(folder, "ghost.key") };
  const made = await emptyPlace("postgres");
  const former = { environment: { ...environment, NERVE_DATABASE_URL: made.url } };
  expect((await nerve(["init"], former)).code).toBe(0);
  expect((await nerve(["backup", "create", "--no-verify"], former)).code).toBe(0);
  for (const words of [["init"], ["init", "--no-backup"], ["migrate", "up"], ["serve", "--port", "0"]]) {
    const { code, stderr } = await nerve(words, { environment });
    expect([words, code, stderr]).toEqual([words, 3, expect.stringContaining("shows that there was one")]);
    expect(stderr).toContain("`nerve init --new`");
  }
  expect((await nerve(["init", "--new"], { environment })).code).toBe(0);
  await made.remove();
  await place.remove();
});

test("a restore brings it back, and the log of the lost one stays apart from it", async () => {
  const folder = await placeWith("ghost.key", "backups", "uploads", "ghost.db-wal", "ghost.db-shm");
  const { code, stderr } = await run(folder, "backup", "restore", backup, "--confirm");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect((await run(folder, "user", "list")).stdout).not.toContain("late@example.org");
  expect((await run(folder, "health")).code).toBe(0);
  const names = await readdir(folder);
  expect(names.filter((name) => /^ghost\.db\.missing-\w+-wal$/.test(name))).toHaveLength(1);
});

test("a copy makes its target though the key is there already", async () => {
  const folder = await placeWith("ghost.key");
  const from = `sqlite:${join(whole, "lost.db")}`;
  const to = inFolder(folder).NERVE_DATABASE_URL;
  expect((await nerve(["copy", "--from", from, "--to", to])).code).toBe(0);
  expect(existsSync(join(dirname(to.slice("sqlite:".length)), "ghost.db"))).toBe(true);
});
