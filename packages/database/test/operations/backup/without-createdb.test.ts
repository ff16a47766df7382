import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, runOnServer, type TestDatabase } from "../../../../../test/support/test-databases.ts";
import { type Database, openDatabase } from "../../../src/index.ts";
import { createBackup, restoreBackup, verifyBackup } from "../../../src/operations/backup/index.ts";
import { runHealthCheck } from "../../../src/operations/health/index.ts";
import { createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { testKeys } from "../../support/engines.ts";
import { forgeManifest } from "../../support/forge-manifest.ts";
import { countRows } from "../../support/rows.ts";

describe("A PostgreSQL role that may not create databases, as on managed servers", () => {
  let folder: string;
  let place: TestDatabase;
  let role: string;
  let url: string;
  let db: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-createdb-test-"));
    place = await createTestDatabase({ empty: true });
    role = uniqueWord();
    await onServer(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; ALTER DATABASE ${place.name} OWNER TO ${role}`);
    url = Object.assign(new URL(place.url), { username: role, password: "x" }).href;
    db = await openDatabase(url, { keys: testKeys });
    await createTestUser(db);
    await onServer(
      `CREATE TYPE "app Mood" AS ENUM ('good');
       CREATE TABLE "app Notes" (id serial PRIMARY KEY, "a ""note" text DEFAULT 'public.x', mood "app Mood", owner bigint REFERENCES users);
       CREATE UNIQUE INDEX ON "app Notes" (lower("a ""note"));
       INSERT INTO "app Notes" ("a ""note", mood) VALUES (E'COPY x;\\n\\\\.\\ttab', 'good'), (NULL, NULL)`,
      url,
    );
  });
  afterAll(async () => {
    await db.close();
    await place.drop();
    await using other = await createTestDatabase({ empty: true });
    await onServer(`DROP ROLE ${role}`, other.url);
    await rm(folder, { recursive: true, force: true });
  });

  const onServer = (sql: string, at = place.url): Promise<unknown[]> => runOnServer(at, sql);

  const notes = () => onServer(`SELECT * FROM "app Notes" ORDER BY id`);
  const temporary = () => onServer("SELECT nspname FROM pg_namespace WHERE nspname ~ '^nerve_'");

  test("verifies and restores in a schema beside the tables, and leaves nothing of it", async () => {
    const before = await notes();
    const { backupPath, verified, rowCounts } = await createBackup(db, { folder });
    expect(verified).toBe(true);
    expect(await temporary()).toEqual([]);
    await createTestUser(db);
    await onServer(`DELETE FROM "app Notes"`);
    const { preRestoreBackup } = await restoreBackup(db, backupPath, { confirm: true });
    expect(preRestoreBackup).not.toBeNull();
    expect(await countRows(db, "users")).toBe(rowCounts["users"]);
    expect(await notes()).toEqual(before);
    expect(await temporary()).toEqual([]);
    await onServer(`INSERT INTO "app Notes" (mood) VALUES ('good')`, url);
    await createTestUser(db);
    expect((await runHealthCheck(db)).tables.errors).toEqual([]);
  });

  test("finds a backup whose rows are others than the manifest says", async () => {
    const { backupPath } = await createBackup(db, { folder, verify: false });
    await forgeManifest(backupPath, { rowCounts: {} });
    const verified = verifyBackup(backupPath, { server: db, trustUnsigned: true });
    await expect(verified).rejects.toMatchObject({ code: "BACKUP_INVALID", message: expect.stringContaining("rows") });
    expect(await temporary()).toEqual([]);
  });

  test("that may create no schema either is told what it lacks, and how backups are made untried", async () => {
    await onServer(`ALTER DATABASE ${place.name} OWNER TO CURRENT_USER; GRANT ALL ON SCHEMA public TO ${role}`);
    await expect(createBackup(db, { folder })).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: expect.stringMatching(/CREATEDB.*CREATE ON DATABASE.*NERVE_BACKUP_VERIFY_DAILY=false.*--no-verify/),
    });
    expect(await createBackup(db, { folder, verify: false })).toMatchObject({ verified: false });
    await onServer(`ALTER DATABASE ${place.name} OWNER TO ${role}`);
  });
});
