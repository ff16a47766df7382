import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/test-databases.ts";
import { type Database, openDatabase } from "../../src/index.ts";
import { urlInSchema } from "../../src/engines/postgres/backup/backup-connection.ts";
import { migrations } from "../../src/migrations/index.ts";
import { getMigrationStatus, migrate } from "../../src/migrations/migrator.ts";
import { createBackup, restoreBackup } from "../../src/operations/backup/index.ts";
import { exportSchema } from "../../src/operations/export-schema.ts";
import { runHealthCheck } from "../../src/operations/health/index.ts";
import { copyDatabase } from "../../src/operations/moving/index.ts";
import { optimizeDatabase } from "../../src/operations/performance/index.ts";
import { createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { testKeys } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";
import { countRows } from "../support/rows.ts";

const outside = `SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema', 'nerve')`;

/** Who says which schema it is. */
const ways: Record<string, { readonly sql: (database: string, role: string) => string; readonly query: string }> = {
  "the URL": { sql: () => "", query: "?schema=nerve" },
  "the database": { sql: (database) => `ALTER DATABASE ${database} SET search_path = nerve`, query: "" },
  "the role in the database": {
    sql: (database, role) => `ALTER ROLE ${role} IN DATABASE ${database} SET search_path = nerve`,
    query: "",
  },
};

describe.each(Object.entries(ways))("A schema of its own on PostgreSQL, which %s names", (_, { sql, query }) => {
  let place: TestDatabase;
  let folder: string;
  let role: string;
  let url: string;
  let db: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-schema-test-"));
    place = await createTestDatabase({ empty: true });
    role = uniqueWord();
    await onServer(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'x'; CREATE SCHEMA nerve AUTHORIZATION ${role};
      ALTER DATABASE ${place.name} OWNER TO ${role}; ${sql(place.name, role)}`);
    url = `${Object.assign(new URL(place.url), { username: role, password: "x" }).href}${query}`;
    db = await openDatabase(url, { keys: testKeys });
    await createTestUser(db);
  });
  afterAll(async () => {
    await db.close();
    await place.drop();
    const admin = await createTestDatabase({ empty: true });
    await onServer(`DROP ROLE ${role}`, admin.url);
    await admin.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function onServer(statements: string, at = place.url): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: at });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statements)).rows;
    } finally {
      await client.end();
    }
  }

  test("has the tables, and nothing is made outside of it", async () => {
    expect(await onServer(outside)).toEqual([]);
    expect((await getMigrationStatus(db)).pending).toEqual([]);
    expect(await exportSchema(db)).not.toMatch(/(?:ON|REFERENCES|TABLE) "?nerve"?\./);
    const { alerts, tables } = await runHealthCheck(db);
    expect([tables.errors, alerts.filter(({ level }) => level === "critical")]).toEqual([[], []]);
    await optimizeDatabase(db);
  });

  test("is backed up and verified; and restored, which a setting of the role stands for the others in", async () => {
    const { backupPath, verified, schema } = await createBackup(db, { folder });
    expect({ verified, schema }).toEqual({ verified: true, schema: "nerve" });
    if (!sql(place.name, role).startsWith("ALTER ROLE")) return;
    const users = await countRows(db, "users");
    await createTestUser(db);
    await restoreBackup(db, backupPath, { confirm: true });
    expect(await countRows(db, "users")).toBe(users);
    expect(await onServer(outside)).toEqual([]);
  });

  test("goes one migration back and forth", async () => {
    if (query === "") return; // The path is the same, whoever sets it.
    await rollBackBefore(db, migrations.at(-1)?.version ?? "");
    expect(await migrate(db)).toHaveLength(1);
  });

  test("is copied to a further one, in the same database too, whose backup is restored into it", async () => {
    if (query === "") return; // The URL names the other one.
    await onServer(`CREATE SCHEMA moved AUTHORIZATION ${role}`);
    const moved = await openDatabase(urlInSchema(url, "moved"), { keys: testKeys });
    await copyDatabase(db, moved);
    const users = await countRows(moved, "users");
    expect(users).toBe(await countRows(db, "users"));
    const { backupPath, schema } = await createBackup(moved, { folder, verify: false });
    expect(schema).toBe("moved");
    await moved.close();
    await onServer("DROP SCHEMA moved CASCADE");
    await createTestUser(db);
    await restoreBackup(db, backupPath, { confirm: true });
    expect(await countRows(db, "users")).toBe(users);
    expect(await onServer(outside)).toEqual([]);
  }, 60_000);
});
