import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/handle.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import { MigrationError } from "../../src/errors/index.ts";
import { getAppliedMigrations, getSchemaVersion, tableExists } from "../../src/migrations/applied.ts";
import { migrations } from "../../src/migrations/index.ts";
import type { Migration } from "../../src/migrations/migration.ts";
import { getMigrationStatus, migrate } from "../../src/migrations/migrator.ts";
import { emptyPlace, engineNames, type TestPlace } from "../support/engines.ts";

const versions = migrations.map(({ version }) => version);
const migrateProcess = fileURLToPath(new URL("../support/processes/migrate.ts", import.meta.url));

function sameOnBoth(version: string, sql: string): Migration {
  return {
    version,
    description: `Migration ${version}`,
    up: { sqlite: sql, postgres: sql },
    down: { sqlite: "", postgres: "" },
  };
}

const first = sameOnBoth("0001", "CREATE TABLE one (a TEXT)");
const second = sameOnBoth("0002", "CREATE TABLE two (a TEXT)");

describe.each(engineNames)("The migrator on %s", (engine) => {
  let place: TestPlace;
  let db: Database;

  beforeEach(async () => {
    place = await emptyPlace(engine);
    db = await openDatabase(place.url, { migrations: "ignore" });
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  test("applies every migration of an empty database in order, and each once", async () => {
    expect(await getSchemaVersion(db)).toBeNull();
    expect(await migrate(db)).toEqual(versions);
    expect(await migrate(db)).toEqual([]);
    expect((await getAppliedMigrations(db)).map(({ version }) => version)).toEqual(versions);
    expect(await getSchemaVersion(db)).toBe(versions.at(-1));
  });

  test("lets processes that migrate at the same time apply each migration once", async () => {
    const runs = [1, 2, 3].map(() => promisify(execFile)(process.execPath, [migrateProcess, place.url]));
    const applied = (await Promise.all(runs)).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(applied.toSorted()).toEqual(versions);
    expect((await getMigrationStatus(db)).pending).toEqual([]);
  });

  test("leaves nothing of a migration that fails half way, and keeps those before it", async () => {
    const broken = sameOnBoth("0002", "CREATE TABLE two (a TEXT); INSERT INTO two VALUES ('x'); DROP TABLE nowhere");
    const third = sameOnBoth("0003", "CREATE TABLE three (a TEXT)");
    const outcome = migrate(db, [first, broken, third]);
    await expect(outcome).rejects.toBeInstanceOf(MigrationError);
    await expect(outcome).rejects.toMatchObject({ message: "Migration 0002 failed and was rolled back." });
    expect(await tableExists(db, "one")).toBe(true);
    expect(await tableExists(db, "two")).toBe(false);
    expect(await tableExists(db, "three")).toBe(false);
    expect(await getSchemaVersion(db)).toBe("0001");
    expect(await migrate(db, [first, second, third])).toEqual(["0002", "0003"]);
  });

  test("refuses a database whose applied migration was edited since, before it changes anything", async () => {
    await migrate(db, [first]);
    const edited = sameOnBoth("0001", "CREATE TABLE one (a TEXT, b TEXT)");
    const known = [edited, second];
    await expect(migrate(db, known)).rejects.toMatchObject({ code: "MIGRATION_EDITED" });
    await expect(getMigrationStatus(db, known)).rejects.toMatchObject({ code: "MIGRATION_EDITED" });
    expect(await tableExists(db, "two")).toBe(false);
  });

  test("refuses a database that a newer version migrated", async () => {
    await migrate(db, [first, second]);
    await expect(migrate(db, [first])).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
    await expect(openDatabase(place.url)).rejects.toBeInstanceOf(MigrationError);
  });

  test("is not asked when a database is opened with pending migrations refused", async () => {
    await expect(openDatabase(place.url, { migrations: "refuse" })).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
    expect(await tableExists(db, "users")).toBe(false);
    await migrate(db);
    const again = await openDatabase(place.url, { migrations: "refuse" });
    expect((await getMigrationStatus(again)).pending).toEqual([]);
    await again.close();
  });

  test("tells what is pending without applying it", async () => {
    await migrate(db, [first]);
    const status = await getMigrationStatus(db, [first, second]);
    expect(status).toMatchObject({
      schemaVersion: "0001",
      pending: [{ version: "0002", description: "Migration 0002" }],
    });
    expect(status.applied).toHaveLength(1);
    expect(await tableExists(db, "two")).toBe(false);
  });
});
