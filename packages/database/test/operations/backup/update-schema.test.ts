import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { migrations } from "../../../src/migrations/index.ts";
import { getSchemaVersion } from "../../../src/migrations/applied.ts";
import { migrate } from "../../../src/migrations/migrator.ts";
import { createBackup, listBackups, restoreBackup, updateSchema } from "../../../src/operations/backup/index.ts";
import { copyDatabase } from "../../../src/operations/moving/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { emptyPlace, migratedPlace, engineNames } from "../../support/engines.ts";
import { rollBackBefore } from "../../support/roll-back.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-update-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshFolder = () => mkdtemp(join(folder, "b-"));
const newest = migrations.at(-1)?.version ?? "";
const older = migrations.map(({ version }) => version).filter((version) => version < newest && version >= "0010");

describe.each(engineNames)("A database of an older schema on %s", (engine) => {
  /** A database with a user, as it was before a migration. */
  async function databaseBefore(version: string) {
    const place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    await createTestUser(db);
    await rollBackBefore(db, version);
    return { db, ...place };
  }

  test("is backed up before it is migrated, and that backup is the way back", async () => {
    const { db, url, remove } = await databaseBefore("0010");
    const backups = await freshFolder();
    const { backup, applied } = await updateSchema(db, { backup: { folder: backups } });
    expect(applied).toEqual(migrations.map(({ version }) => version).filter((version) => version >= "0010"));
    expect(backup).toMatchObject({ verified: true, schemaVersion: "0009" });
    const { items } = await getAuditLogs(db, { action: "backup_created" });
    expect(items).toMatchObject([{ metadataJson: { sha256: backup?.sha256 } }]);
    expect(await getSchemaVersion(db)).toBe(newest);
    // The NERVE before meets a schema that it does not know, and does what the error says.
    await db.executor.transaction((tx) =>
      tx.script(
        `INSERT INTO schema_migrations (version, description, digest, applied_at, duration_ms)
         VALUES ('9999', 'of a newer NERVE', 'x', ${engine === "sqlite" ? "0" : "now()"}, 0)`,
      ),
    );
    await db.close();
    await expect(openDatabase(url)).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
    const outcome = await restoreBackup(url, backup?.backupPath ?? "", {
      confirm: true,
      // On PostgreSQL, this database has no keys to sign with.
      trustUnsigned: engine === "postgres",
    });
    expect(outcome.preRestoreBackup).not.toBeNull();
    await using restored = await openDatabase(url);
    expect(await countRows(restored, "users")).toBe(1);
    await remove();
  });

  test("is not migrated where the backup cannot be made, unless none is wanted", async () => {
    const { db, remove } = await databaseBefore(newest);
    const update = updateSchema(db, { backup: { folder: "/proc/nerve/backups" } });
    await expect(update).rejects.toMatchObject({ message: expect.stringMatching(/^Nothing was migrated/) });
    expect(await getSchemaVersion(db)).not.toBe(newest);
    expect(await updateSchema(db, { backup: null })).toMatchObject({ backup: null, applied: [newest] });
    await db.close();
    await remove();
  });

  test("that is new, or has nothing pending, gets no backup", async () => {
    const place = await emptyPlace(engine);
    const db = await openDatabase(place.url, { migrations: "ignore" });
    const backups = await freshFolder();
    for (const count of [migrations.length, 0]) {
      const { backup, applied } = await updateSchema(db, { backup: { folder: backups } });
      expect([backup, applied.length]).toEqual([null, count]);
    }
    expect(await listBackups(backups)).toEqual([]);
    await db.close();
    await place.remove();
  });

  test("that is empty is not made ready beside the backups of one that was there before", async () => {
    const place = await emptyPlace(engine);
    const beside =
      engine === "sqlite" ? join(dirname(place.url.slice("sqlite:".length)), "backups") : await freshFolder();
    const former = await databaseBefore(newest);
    const { backupPath } = await createBackup(former.db, { folder: beside, verify: false });
    await former.db.close();
    await former.remove();
    const db = await openDatabase(place.url, { migrations: "ignore" });
    await expect(updateSchema(db, { backup: null, formerBackups: beside })).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      message: expect.stringContaining(`${backupPath} shows that there was one`),
      help: expect.stringContaining("`nerve init --new`"),
    });
    expect(await getSchemaVersion(db)).toBeNull();
    expect((await updateSchema(db, { backup: null })).applied).toHaveLength(migrations.length);
    // Once there is something in it, the backups are its own.
    expect((await updateSchema(db, { backup: null, formerBackups: beside })).applied).toEqual([]);
    await db.close();
    await place.remove();
  });

  test("that is empty is made ready beside the backups of another", async () => {
    const formerBackups = await freshFolder();
    // To PostgreSQL it is of another engine, and for SQLite it lies elsewhere than beside the database.
    await using other = await openDatabase(`sqlite:${join(await freshFolder(), "other.db")}`);
    await createBackup(other, { folder: formerBackups, verify: false });
    const place = await emptyPlace(engine);
    const db = await openDatabase(place.url, { migrations: "ignore" });
    expect((await updateSchema(db, { backup: null, formerBackups })).applied).toHaveLength(migrations.length);
    await db.close();
    await place.remove();
  });

  test.each(["0010", newest])(
    "from before %s is copied into a new database, which is migrated then",
    async (version) => {
      const { db, url, remove } = await databaseBefore(version);
      await db.close();
      const target = await emptyPlace(engine);
      const dry = await copyDatabase(url, target.url, { dryRun: true });
      expect(dry.extraTables).toEqual([]);
      const summary = await copyDatabase(url, target.url);
      expect(summary).toMatchObject({ rejectedTotal: 0, extraTables: [], extraColumns: [] });
      expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
      await using copied = await openDatabase(target.url, { migrations: "refuse" });
      expect(await countRows(copied, "users")).toBe(1);
      expect(await getSchemaVersion(copied)).toBe(newest);
      await target.remove();
      await remove();
    },
  );

  test("is not copied into one of a newer schema", async () => {
    const { db, url, remove } = await databaseBefore(newest);
    await db.close();
    const target = await migratedPlace(engine);
    await using newer = await openDatabase(target.url);
    for (const to of [newer, target.url]) {
      const copy = copyDatabase(url, to);
      await expect(copy).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
      await expect(copy).rejects.toMatchObject({ message: expect.stringContaining("older schema than the target") });
    }
    await newer.close();
    await target.remove();
    await remove();
  });

  test.each(older)("from before %s is backed up and verified as it is", async (version) => {
    const { db, remove } = await databaseBefore(version);
    expect(await createBackup(db, { folder: await freshFolder() })).toMatchObject({ verified: true });
    await db.close();
    await remove();
  });
});

test("A schema that was never migrated is neither copied nor taken for an older one", async () => {
  const place = await emptyPlace("sqlite");
  await (await openDatabase(place.url, { migrations: "ignore" })).close();
  await expect(copyDatabase(place.url, "sqlite::memory:")).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
  await using broken = await openDatabase(place.url, { migrations: "ignore" });
  await migrate(broken, migrations.slice(0, 3));
  await broken.executor.transaction((tx) => tx.script("DELETE FROM schema_migrations WHERE version = '0002'"));
  await expect(copyDatabase(place.url, "sqlite::memory:")).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
  await broken.close();
  await place.remove();
});
