import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../test/support/postgres-server.ts";
import type { Query } from "../../src/engines/port/engine.ts";
import { type Database, type EngineWarning, openDatabase, transaction } from "../../src/index.ts";

const read = (sql: string): Query => ({ sql, readOnly: true, recurring: false });
const write = (sql: string): Query => ({ sql, readOnly: false, recurring: false });
const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe("A PostgreSQL role that may open fewer connections than the pool", () => {
  let server: PostgresServer;
  let owner: Database;
  beforeAll(async () => {
    server = await startPostgresServer();
    owner = await openDatabase(server.url(), { migrations: "ignore" });
  });
  afterAll(async () => {
    await owner.close();
    await server.remove();
  });

  const makeRole = async (name: string, limit: number) => {
    const url = new URL(server.url());
    await owner.executor.run(
      write(`CREATE ROLE ${name} LOGIN PASSWORD '${url.password}' CONNECTION LIMIT ${limit}`),
      [],
    );
    url.username = name;
    return url.href;
  };

  test("requests wait for the connections that there are, and the operator is told once", async () => {
    const warnings: EngineWarning[] = [];
    await using db = await openDatabase(await makeRole("three", 3), {
      migrations: "ignore",
      maxConnections: 10,
      // Sixty through three: on a busy machine they wait longer than the default allows.
      connectTimeoutMs: 20_000,
      onWarning: (warning) => warnings.push(warning),
    });
    const answers = await times(60, (index) =>
      index % 3 === 0
        ? transaction(db, (tx) => tx.executor.all(read("SELECT pg_sleep(0.02)::text, 1 AS one"), []))
        : db.executor.all(read("SELECT 1 AS one"), []),
    );
    expect(answers.filter(([row]) => row?.["one"] === 1)).toHaveLength(60);
    expect(db.connection.poolUse.total).toBe(3);
    expect(warnings).toMatchObject([{ code: "POOL_SHRUNK" }]);
    const [{ message }] = warnings as [EngineWarning];
    for (const part of ["three", `127.0.0.1:${server.port}`, "10", "NERVE_DATABASE_MAX_CONNECTIONS"]) {
      expect(message).toContain(part);
    }
    expect(message).not.toContain(new URL(server.url()).password);
  });

  test("a request waits for a connection that somebody else has", async () => {
    const url = await makeRole("one", 1);
    const other = await openDatabase(url, { migrations: "ignore", maxConnections: 1 });
    await other.executor.all(read("SELECT 1"), []);
    await using db = await openDatabase(url, { migrations: "ignore" });
    const waiting = db.executor.all(read("SELECT 1 AS one"), []);
    await other.close();
    expect(await waiting).toEqual([{ one: 1 }]);
  });

  test("it is busy when none is given back in time, and says whose limit it is", async () => {
    const url = await makeRole("held", 1);
    await using other = await openDatabase(url, { migrations: "ignore", maxConnections: 1 });
    await other.executor.all(read("SELECT 1"), []);
    await using db = await openDatabase(url, { migrations: "ignore", connectTimeoutMs: 1500 });
    await expect(db.executor.all(read("SELECT 1"), [])).rejects.toMatchObject({ code: "BUSY" });
  });
});
