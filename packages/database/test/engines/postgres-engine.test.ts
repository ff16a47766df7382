import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../test/support/postgres-server.ts";
import type { Database } from "../../src/database/handle.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import { transaction } from "../../src/database/transaction.ts";
import { applyMigration } from "../../src/migrations/apply-migration.ts";
import type { Query } from "../../src/engines/port/engine.ts";

const read = (sql: string): Query => ({ sql, readOnly: true, recurring: false });
const write = (sql: string): Query => ({ sql, readOnly: false, recurring: false });

describe("PostgreSQL", () => {
  let server: PostgresServer;
  let db: Database;
  beforeAll(async () => {
    server = await startPostgresServer();
    db = await openDatabase(server.url(), { maxConnections: 3, statementTimeoutMs: 500 });
  });
  afterAll(async () => {
    await db.close();
    await server.remove();
  });

  test("opens no more connections than it is told", async () => {
    const sleep = () => db.executor.all(read("SELECT pg_sleep(0.05)"), []);
    const [, counted] = await Promise.all([
      Promise.all(Array.from({ length: 12 }, sleep)),
      transaction(db, async (tx) =>
        tx.executor.all(read("SELECT count(*) AS count FROM pg_stat_activity WHERE application_name = 'nerve'"), []),
      ),
    ]);
    expect(counted[0]?.["count"]).toBeLessThanOrEqual(3);
  });

  test("ends a statement that runs too long, and says so", async () => {
    await expect(db.executor.all(read("SELECT pg_sleep(30)"), [])).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("gives a migration all the time that it takes", async () => {
    const sql = "CREATE TABLE large (id bigint); SELECT pg_sleep(0.7)";
    await applyMigration(db, { version: "slow", description: "A large table", sql });
    const [row] = await db.executor.all(db.connection.dialect.tableExists, ["large"]);
    expect(row).toEqual({ found: 1 });
  });

  test("reads on after the server was restarted, without an error", async () => {
    await db.executor.all(read("SELECT 1 AS one"), []);
    await server.restart("immediate");
    expect(await db.executor.all(read("SELECT 1 AS one"), [])).toEqual([{ one: 1 }]);
  });

  test("rolls back the transaction that a restart of the server interrupts, and works on", async () => {
    const outcome = transaction(db, async (tx) => {
      await tx.executor.run(write("CREATE TABLE interrupted (id bigint)"), []);
      await server.restart("immediate");
      await tx.executor.run(write("INSERT INTO interrupted VALUES (1)"), []);
    });
    await expect(outcome).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    await transaction(db, (tx) => tx.executor.all(db.connection.dialect.tableExists, ["interrupted"])).then((rows) =>
      expect(rows).toEqual([]),
    );
  });

  test("says that it cannot be reached when the server is down, and when the password is wrong", async () => {
    await server.stop();
    await expect(db.executor.all(read("SELECT 1"), [])).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    await expect(openDatabase(server.url())).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    await server.start();
    const wrong = new URL(server.url());
    wrong.password = "wrong";
    await expect(openDatabase(wrong.href)).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect(await db.executor.all(read("SELECT 1 AS one"), [])).toEqual([{ one: 1 }]);
  });

  test("repeats a transaction that collided only as often as it was told", async () => {
    await db.executor.run(write("CREATE TABLE counters (id bigint, value bigint)"), []);
    await db.executor.run(write("INSERT INTO counters VALUES (1, 0)"), []);
    // Both have read before either writes, so that one of them must fail the first time.
    const incrementTwice = (retries: number) => {
      let readers = 0;
      const { promise: bothHaveRead, resolve } = Promise.withResolvers<undefined>();
      const increment = () =>
        transaction(
          db,
          async (tx) => {
            const [row] = await tx.executor.all(read("SELECT value FROM counters"), []);
            readers += 1;
            if (readers === 2) resolve(undefined);
            await bothHaveRead;
            await tx.executor.run(write("UPDATE counters SET value = $1"), [Number(row?.["value"]) + 1]);
          },
          { isolation: "serializable", retries },
        );
      return Promise.allSettled([increment(), increment()]);
    };
    const repeated = await incrementTwice(5);
    expect(repeated.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await db.executor.all(read("SELECT value FROM counters"), [])).toEqual([{ value: 2 }]);
    const once = await incrementTwice(0);
    const failures = once.filter(({ status }) => status === "rejected");
    expect(failures).toMatchObject([{ reason: { code: "SERIALIZATION_FAILED" } }]);
  });

  test("refuses a whole number that JavaScript cannot hold, instead of giving another", async () => {
    const outcome = db.executor.all(read("SELECT 9007199254740993::bigint AS number"), []);
    await expect(outcome).rejects.toBeInstanceOf(Error);
  });
});
