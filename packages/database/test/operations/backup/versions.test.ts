import { copyFile, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, describe } from "vitest";
import pg from "pg";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { migrations } from "../../../src/migrations/index.ts";
import { migrate } from "../../../src/migrations/migrator.ts";
import { createBackup, getBackupInfo, previewRestore, restoreBackup } from "../../../src/operations/backup/index.ts";
import { countHits } from "../../../src/security/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine, emptyPlace, migratedPlace, testKeys } from "../../support/engines.ts";
import { forgeManifest } from "../../support/forge-manifest.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-versions-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshFolder = () => mkdtemp(join(folder, "b-"));

describeOnEachEngine("A restore of another version", (context) => {
  test("migrates an older schema forward", async () => {
    const newest = migrations.at(-1)?.version ?? "";
    const place = await emptyPlace(context.engine);
    const old = await openDatabase(place.url, { migrations: "ignore", keys: testKeys });
    await migrate(old, migrations.slice(0, -1));
    await createTestCompany(old);
    const { backupPath, schemaVersion } = await createBackup(old, { folder: await freshFolder() });
    await old.close();
    await place.remove();
    expect(schemaVersion).not.toBe(newest);
    const outcome = await restoreBackup(context.db, backupPath, { confirm: true });
    expect(outcome).toMatchObject({ schemaVersion: newest, migrationsApplied: [newest] });
    expect(await countRows(context.db, "companies")).toBe(1);
  });

  test("refuses a newer schema", async () => {
    const record = (version: string) =>
      `INSERT INTO schema_migrations (version, description, digest, applied_at, duration_ms)
       VALUES ('${version}', 'from the future', 'x', ${context.engine === "sqlite" ? "0" : "now()"}, 0)`;
    await context.db.executor.transaction((tx) => tx.script(record("9999")));
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    await context.db.executor.transaction((tx) => tx.script("DELETE FROM schema_migrations WHERE version = '9999'"));
    const restore = restoreBackup(context.db, backupPath, { confirm: true });
    await expect(restore).rejects.toMatchObject({
      code: "SCHEMA_NEWER",
      message: expect.stringMatching(/made by a newer NERVE: its schema is 9999/),
      help: expect.stringContaining("Update NERVE"),
    });
  });

  test.each([
    ["of a later format", { format: 3 }, /made by a newer NERVE: its manifest has the format 3/],
    ["with fields that nobody knows here", { later: "unknown" }, /made by a newer NERVE: its manifest says more/],
  ])("says of a manifest %s that a newer NERVE made it", async (_, changes, message) => {
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    await forgeManifest(backupPath, changes);
    const refused = { code: "BACKUP_INVALID", message: expect.stringMatching(message) };
    await expect(getBackupInfo(backupPath)).rejects.toMatchObject(refused);
    await expect(restoreBackup(context.db, backupPath, { confirm: true })).rejects.toMatchObject({
      ...refused,
      help: expect.stringContaining("Update NERVE"),
    });
  });

  test("is previewed: what the backup holds, and how many newer rows would be lost", async () => {
    await createTestUser(context.db);
    await countHits(context.db, { name: "preview", windowMs: 60_000 });
    const { backupPath, rowCounts } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    for (let count = 0; count < 3; count += 1) await createTestUser(context.db);
    const { tables, backup } = await previewRestore(context.db, backupPath);
    const rowsInBackup = rowCounts["users"] ?? 0;
    const users = tables.find(({ table }) => table === "users");
    expect(users).toEqual({ table: "users", rowsInBackup, rowsInDatabase: rowsInBackup + 3, newerRows: 3 });
    expect(tables.find(({ table }) => table === "sessions")?.newerRows).toBe(0);
    // Its ids are texts, of which none is later than another.
    expect(tables.find(({ table }) => table === "rate_limits")).toMatchObject({ rowsInBackup: 1, newerRows: 0 });
    expect(backup.backupPath).toBe(backupPath);
    expect(await countRows(context.db, "users")).toBe(rowsInBackup + 3);
  });

  test("refuses a backup of the other engine", async () => {
    const other = context.engine === "sqlite" ? "postgres" : "sqlite";
    const place = await migratedPlace(other);
    const db = await openDatabase(place.url, { keys: testKeys });
    const { backupPath } = await createBackup(db, { folder: await freshFolder(), verify: false });
    await db.close();
    await place.remove();
    const restore = restoreBackup(context.db, backupPath, { confirm: true });
    await expect(restore).rejects.toMatchObject({ code: "INVALID_INPUT", field: "path" });
  });
});

test("a SQLite database that is damaged or gone is restored by its URL, and the damaged file kept", async () => {
  const place = await freshFolder();
  const file = join(place, "ghost.db");
  const url = `sqlite:${file}`;
  const db = await openDatabase(url);
  await createTestUser(db);
  const { backupPath } = await createBackup(db, { folder: join(place, "backups") });
  await db.close();

  await writeFile(file, "this is no database");
  const damaged = await restoreBackup(url, backupPath, { confirm: true });
  expect(damaged.preRestoreBackup).toBeNull();
  expect(await readFile(damaged.kept ?? "", "utf8")).toBe("this is no database");

  const middle = await open(file, "r+");
  await middle.write(Buffer.alloc(40_000, 0xff), 0, 40_000, 8192);
  await middle.close();
  const torn = await restoreBackup(url, backupPath, { confirm: true });
  expect(torn.preRestoreBackup).toBeNull();
  expect(torn.kept).not.toBeNull();

  await rm(file);
  expect(await restoreBackup(url, backupPath, { confirm: true })).toMatchObject({ preRestoreBackup: null, kept: null });
  const restored = await openDatabase(url);
  expect(await countRows(restored, "users")).toBe(1);
  await restored.close();
  expect((await readdir(place)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a foreign SQLite file with the name of a backup is refused", async () => {
  const place = await freshFolder();
  const db = await openDatabase(`sqlite:${join(place, "ghost.db")}`);
  const foreign = await openDatabase(`sqlite:${join(place, "foreign.db")}`, { migrations: "ignore" });
  await foreign.executor.transaction((tx) => tx.script("CREATE TABLE songs (id INTEGER PRIMARY KEY) STRICT"));
  const backup = createBackup(foreign, { folder: join(place, "backups") });
  await expect(backup).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  const { backupPath } = await createBackup(foreign, { folder: join(place, "backups"), verify: false });
  await expect(restoreBackup(db, backupPath, { confirm: true })).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  const bare = join(place, "songs.db");
  await copyFile(backupPath, bare);
  await expect(restoreBackup(db, bare, { confirm: true })).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  await Promise.all([db.close(), foreign.close()]);
});

describe("A PostgreSQL database whose rows refer to rows that are gone", () => {
  test("is restored all the same, and kept under another name, since no backup of it can be verified", async () => {
    const place = await migratedPlace("postgres");
    await using db = await openDatabase(place.url, { keys: testKeys });
    await createTestUser(db);
    const { backupPath, rowCounts } = await createBackup(db, { folder: await freshFolder() });
    await runPastEngine(
      place.url,
      "SET session_replication_role = replica; DELETE FROM users; INSERT INTO password_history VALUES (9, 9, 'x', now())",
    );
    const { preRestoreBackup, kept } = await restoreBackup(db, backupPath, { confirm: true });
    expect(preRestoreBackup).toBeNull();
    expect(await countRows(db, "users")).toBe(rowCounts["users"]);
    const old = new URL(place.url);
    old.pathname = `/${kept}`;
    const before = await openDatabase(old.href, { migrations: "refuse" });
    expect([await countRows(before, "users"), await countRows(before, "password_history")]).toEqual([0, 1]);
    await before.close();
    await runPastEngine(place.url, `DROP DATABASE "${kept}"`);
    await db.close();
    await place.remove();
  });
});

async function runPastEngine(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
