import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import pg from "pg";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { createBackup, listBackups, restoreBackup } from "../../../src/operations/backup/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine, testKeys } from "../../support/engines.ts";
import { killProcess } from "../../support/processes/run.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-killed-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function scratchDatabases(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname ^@ 'nerve_temporary_'",
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}

describeOnEachEngine("A process that is killed", (context) => {
  test.each(["storing", "verifying"])(
    "while it makes a backup, at %s, leaves no backup, and the next one clears up",
    async (stopAt) => {
      const place = await mkdtemp(join(folder, "b-"));
      await killProcess("backup.ts", { task: "create", url: context.url, place, stopAt });
      expect(await listBackups(place)).toEqual([]);
      expect((await readdir(place)).length).toBe(1);
      await createBackup(context.db, { folder: place });
      expect(await listBackups(place)).toHaveLength(1);
      expect(await readdir(place)).toHaveLength(2);
    },
  );

  test("while it restores leaves the old state or the new one, whole, and the next restore clears up", async () => {
    const place = await mkdtemp(join(folder, "r-"));
    await createTestUser(context.db);
    const { backupPath, rowCounts } = await createBackup(context.db, { folder: place });
    await createTestUser(context.db);
    const before = { old: (rowCounts["users"] ?? 0) + 1, restored: rowCounts["users"] };
    await context.db.close();
    // Gathered after each, for the backup of another file's test on the same server may clear up before this one does.
    const abandoned = new Set<string>();
    const usersAfterKillAt = async (stopAt: string) => {
      await killProcess("backup.ts", { task: "restore", url: context.url, place: backupPath, stopAt });
      if (context.engine === "postgres") for (const name of await scratchDatabases(context.url)) abandoned.add(name);
      const db = await openDatabase(context.url, { migrations: "refuse", keys: testKeys });
      const users = await countRows(db, "users");
      await db.close();
      return users;
    };
    expect(await usersAfterKillAt("migrating")).toBe(before.old);
    expect(await usersAfterKillAt("saving")).toBe(before.old);
    expect(await usersAfterKillAt("recording")).toBe(before.old);
    expect(await usersAfterKillAt("replacing")).toBe(before.old);
    expect(await usersAfterKillAt("completing")).toBe(before.restored);
    const db = await openDatabase(context.url, { keys: testKeys });
    await createTestUser(db);
    const { preRestoreBackup } = await restoreBackup(db, backupPath, { confirm: true });
    expect(preRestoreBackup).not.toBeNull();
    expect(await countRows(db, "users")).toBe(before.restored);
    await createTestUser(db);
    await db.close();
    if (context.engine === "postgres") {
      expect(abandoned.size).toBeGreaterThan(0);
      const left = await scratchDatabases(context.url);
      expect(left.filter((name) => abandoned.has(name))).toEqual([]);
    } else {
      const files = await readdir(dirname(context.url.slice("sqlite:".length)));
      expect(files.filter((name) => name !== "ghost.key")).toEqual(["ghost.db"]);
    }
    expect((await readdir(place)).filter((name) => name.startsWith("."))).toEqual([]);
  }, 120_000);
});
