import { describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { transaction } from "../../../src/database/transaction.ts";
import {
  checkDatabaseConnection,
  checkForeignKeyConstraints,
  checkTableIntegrity,
  getDatabaseStats,
  runHealthCheck,
} from "../../../src/operations/health/index.ts";
import { systemTables, tables } from "../../../src/schema/tables.ts";
import { migrate } from "../../../src/migrations/migrator.ts";
import { rollBackBefore } from "../../support/roll-back.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine, emptyPlace, engineNames } from "../../support/engines.ts";

const tableCount = tables.length + systemTables.length;

describeOnEachEngine("A sound database", (context) => {
  test("is healthy in every respect, and counted exactly", async () => {
    await createTestUser(context.db);
    await createTestUser(context.db);
    const report = await runHealthCheck(context.db, { freeBytes: 0, latencyMs: 1e6 });
    expect(report).toMatchObject({
      healthy: true,
      timestamp: context.clock.now(),
      connection: { healthy: true, latencyMs: expect.any(Number) },
      tables: { healthy: true, tablesChecked: tableCount, errors: [] },
      foreignKeys: { healthy: true, total: 0, violations: [], errors: [] },
      stats: { tableCounts: { users: 2, sessions: 0 }, estimated: false },
      storage: { writable: true },
      performance: { totalQueries: expect.any(Number) },
      alerts: [],
    });
    expect(Object.keys(report.stats?.tableCounts ?? {})).toHaveLength(tableCount);
  });

  test("tells its size with the sum of its rows, the write-ahead log included", async () => {
    const stats = await getDatabaseStats(context.db);
    expect(stats.sizeBytes).toBeGreaterThan(100_000);
    expect(stats.sizeMb).toBeCloseTo(stats.sizeBytes / 1024 / 1024, 1);
    expect(stats.totalRecords).toBe(Object.values(stats.tableCounts).reduce((sum, count) => sum + count, 0));
    expect(typeof stats.walBytes).toBe(context.engine === "sqlite" ? "number" : "object");
  });

  test("marks estimates as such, and counts where there is none", async () => {
    expect(await getDatabaseStats(context.db, { exact: false })).toMatchObject({ tableCounts: { users: 2 } });
    await transaction(context.db, (tx) => tx.executor.script("ANALYZE"));
    expect(await getDatabaseStats(context.db, { exact: false })).toMatchObject({
      tableCounts: { users: 2 },
      estimated: true,
    });
    expect(await getDatabaseStats(context.db)).toMatchObject({ estimated: false });
  });

  test("raises an alert for each figure beyond its limit, and stays healthy", async () => {
    const { alerts, healthy } = await runHealthCheck(context.db, { latencyMs: 0, sizeBytes: 1, freeBytes: 2 ** 60 });
    const lowStorage = context.engine === "sqlite" ? ["STORAGE_LOW"] : [];
    expect(alerts.map(({ code, level }) => `${level} ${code}`)).toEqual(
      [...lowStorage, "LATENCY", "SIZE"].map((code) => `warning ${code}`),
    );
    expect(healthy).toBe(true);
  });

  test("is warned of while its daily backups are not verified, and stays healthy", async () => {
    const { alerts, healthy } = await runHealthCheck(context.db, {
      verifiesBackups: false,
      freeBytes: 0,
      latencyMs: 1e6,
    });
    const message = expect.stringContaining("NERVE_BACKUP_VERIFY_DAILY");
    expect(alerts).toEqual([{ level: "warning", code: "CONFIGURATION", message }]);
    expect(healthy).toBe(true);
  });

  test("refuses limits that are none", async () => {
    await expect(runHealthCheck(context.db, { latencyMs: -1 })).rejects.toMatchObject({ field: "latencyMs" });
    await expect(runHealthCheck(context.db, { latency: 1 } as object)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(getDatabaseStats(context.db, { exact: "yes" } as never)).rejects.toMatchObject({ field: "exact" });
  });
});

describeOnEachEngine("A table, column, index or foreign key", (context) => {
  const errorsAfter = async (script: Record<"sqlite" | "postgres", string>) => {
    await transaction(context.db, (tx) => tx.executor.script(script[context.engine]));
    return (await checkTableIntegrity(context.db)).errors;
  };
  const both = (sql: string) => ({ sqlite: sql, postgres: sql });

  test("that was dropped is missing", async () => {
    const errors = await errorsAfter(
      both(
        `DROP TABLE bait_accesses; DROP INDEX sessions_user_id_index; ALTER TABLE companies DROP COLUMN billing_email`,
      ),
    );
    expect(errors).toEqual([
      { table: "companies", kind: "column-missing", message: "The column billing_email is missing." },
      { table: "sessions", kind: "index-missing", message: "The index sessions_user_id_index is missing." },
      { table: "bait_accesses", kind: "table-missing", message: "The table bait_accesses is missing." },
    ]);
    const report = await runHealthCheck(context.db);
    expect(report.healthy).toBe(false);
    expect(report.tables.tablesChecked).toBe(tableCount - 1);
    expect(report.alerts).toContainEqual(expect.objectContaining({ level: "critical", code: "INTEGRITY" }));
  });

  test("that was changed differs", async () => {
    const errors = await errorsAfter({
      sqlite: `
        DROP INDEX users_role_index; CREATE INDEX users_role_index ON users (status);
        ALTER TABLE api_keys RENAME TO old;
        CREATE TABLE api_keys (id INTEGER PRIMARY KEY, user_id TEXT, name TEXT NOT NULL DEFAULT 'x');
        DROP TABLE old`,
      postgres: `
        DROP INDEX IF EXISTS users_role_index; CREATE INDEX users_role_index ON users (status);
        DROP POLICY nerve_company ON api_keys;
        ALTER TABLE api_keys DROP CONSTRAINT api_keys_user_id_fkey, ALTER user_id TYPE text, ALTER user_id DROP NOT NULL,
          ALTER name SET DEFAULT 'x'`,
    });
    const kinds = errors.map(({ table, kind, message }) => `${table} ${kind}: ${message}`);
    expect(kinds).toContain(
      "users index-differs: The index users_role_index holds something else than its definition says.",
    );
    expect(kinds.filter((kind) => kind.startsWith("api_keys column-differs: The column user_id is "))).toHaveLength(1);
    expect(kinds).toContain("api_keys column-differs: The column name has another default than its definition.");
    expect(kinds).toContain("api_keys foreign-key-missing: The foreign key of user_id is missing.");
  });
});

describeOnEachEngine("A row that refers to nothing", (context) => {
  const removeBehindItsBack = async (sql: string) => {
    const other = await openDatabase(context.url, { migrations: "ignore" });
    try {
      if (context.engine === "sqlite") {
        // Ours never do this: a connection with foreign keys off, as any SQLite shell has.
        const { DatabaseSync } = await import("node:sqlite");
        using raw = new DatabaseSync(context.url.replace("sqlite:", ""), { enableForeignKeyConstraints: false });
        raw.exec(sql);
      } else {
        await transaction(other, (tx) => tx.executor.script(`SET LOCAL session_replication_role = replica; ${sql}`));
      }
    } finally {
      await other.close();
    }
  };

  test("is found with its table, id, column and parent", async () => {
    const company = await createTestCompany(context.db);
    const user = await createTestUser(context.db, { company_id: company.id });
    await removeBehindItsBack(`DELETE FROM companies WHERE id = ${company.id}`);
    const check = await checkForeignKeyConstraints(context.db);
    expect(check).toEqual({
      healthy: false,
      total: 1,
      violations: [{ table: "users", rowId: user.id, column: "company_id", parent: "companies" }],
      errors: [],
    });
    const report = await runHealthCheck(context.db);
    expect(report).toMatchObject({ healthy: false, foreignKeys: { total: 1 } });
    expect(report.alerts).toContainEqual(expect.objectContaining({ level: "critical", code: "FOREIGN_KEYS" }));
  });

  test("is counted with all others, of which a hundred are listed", async () => {
    const company = await createTestCompany(context.db, { max_seats: 1000 });
    for (let count = 0; count < 119; count += 1) await createTestUser(context.db, { company_id: company.id });
    await removeBehindItsBack(`DELETE FROM companies WHERE id = ${company.id}`);
    const check = await checkForeignKeyConstraints(context.db);
    expect(check.total).toBe(120);
    expect(check.violations).toHaveLength(100);
  });
});

describe.each(engineNames)("On %s", (engine) => {
  test("a database that lacks migrations is unhealthy for that, and no table counts as missing", async () => {
    const place = await emptyPlace(engine);
    const db = await openDatabase(place.url, { migrations: "ignore" });
    const pending = { healthy: false, alerts: [{ level: "critical", code: "MIGRATIONS" }] };
    expect(await runHealthCheck(db, { latencyMs: 1e6 })).toMatchObject(pending);
    await migrate(db);
    expect(await runHealthCheck(db, { latencyMs: 1e6 })).toMatchObject({ healthy: true, schemaGap: null });
    await rollBackBefore(db, "0010");
    const { alerts, tables: found } = await runHealthCheck(db, { latencyMs: 1e6 });
    expect(alerts).toMatchObject([
      { level: "critical", code: "MIGRATIONS", message: expect.stringMatching(/0010, 0011, .*nerve migrate up/) },
    ]);
    expect(found).toMatchObject({
      healthy: true,
      errors: [],
      skipped: [expect.stringContaining("0010"), ...found.skipped.slice(1)],
    });
    await db.close();
    await place.remove();
  });

  test("a closed handle is unhealthy and throws nothing", async () => {
    const place = await emptyPlace(engine);
    const db = await openDatabase(place.url, { migrations: "ignore" });
    await db.close();
    expect(await checkDatabaseConnection(db)).toMatchObject({ healthy: false, error: { code: "CLOSED" } });
    expect(await checkTableIntegrity(db)).toMatchObject({ healthy: false, errors: [{ kind: "unreadable" }] });
    expect(await checkForeignKeyConstraints(db)).toMatchObject({ healthy: false });
    const report = await runHealthCheck(db);
    expect(report).toMatchObject({ healthy: false, stats: null, storage: null });
    expect(report.alerts).toEqual([expect.objectContaining({ level: "critical", code: "CONNECTION" })]);
    await place.remove();
  });
});
