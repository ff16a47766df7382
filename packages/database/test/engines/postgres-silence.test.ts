import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../test/support/postgres-server.ts";
import { type SilentProxy, startSilentProxy } from "../../../../test/support/silent-proxy.ts";
import { type Database, openDatabase, readApart, transaction } from "../../src/index.ts";
import { DatabaseError } from "../../src/errors/index.ts";
import type { OpenOptions } from "../../src/opening/open-database.ts";
import { id, table, text } from "../../src/schema/kit/index.ts";
import type { Query } from "../../src/engines/port/engine.ts";

const read = (sql: string): Query => ({ sql, readOnly: true, recurring: false });
const write = (sql: string): Query => ({ sql, readOnly: false, recurring: false });
const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const notes = table(
  "notes",
  { module: "core", rowName: "Note", description: "Rows to move.", inOriginal: false },
  { id: id(), note: text() },
);

/** The most that a statement may take whose connection went silent: it is looked for after 2 seconds, and once more. */
const noticedWithinMs = 5000;

const codeOf = (error: unknown) => (error instanceof DatabaseError ? error.code : `no error of ours: ${String(error)}`);
const outcomeOf = (work: Promise<unknown>) => work.then(() => "done", codeOf);

describe.concurrent("A PostgreSQL server whose connections go silent", { timeout: 60_000 }, () => {
  let server: PostgresServer;
  let direct: Database;
  beforeAll(async () => {
    server = await startPostgresServer();
    direct = await openDatabase(server.url());
    await direct.executor.run(write("CREATE TABLE notes (id bigint, note text)"), []);
  });
  afterAll(async () => {
    await direct.close();
    await server.remove();
  });

  const startProxy = () => startSilentProxy(server.port);
  const open = (proxy: SilentProxy, options: OpenOptions = {}) =>
    openDatabase(proxy.through(server.url()), { migrations: "ignore", maxConnections: 4, ...options });

  /** Opens all of a pool's connections. */
  const warm = (db: Database) => times(4, () => db.executor.all(read("SELECT pg_sleep(0.05)::text"), []));

  /** Sees to it that a statement is under way at the server. */
  const untilActive = async (part: string) => {
    const active = read(`SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%${part}%'
      AND pid <> pg_backend_pid()`);
    await expect.poll(async () => (await direct.executor.all(active, []))[0]?.["n"]).toBeGreaterThan(0);
  };

  test("reads are repeated on fresh connections, and nobody else notices", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await warm(db);
    const sleeping = times(4, () => db.executor.all(read("SELECT pg_sleep(0.3)::text, 'under way' AS note"), []));
    await untilActive("under way");
    proxy.goSilent("existing");
    const started = performance.now();
    // Twelve more wait for the connections that are in use.
    const waiting = times(12, () => db.executor.all(read("SELECT 1 AS one"), []));
    expect(await sleeping).toHaveLength(4);
    expect(await waiting).toEqual(Array.from({ length: 12 }, () => [{ one: 1 }]));
    expect(performance.now() - started).toBeLessThan(noticedWithinMs);
    expect(db.connection.poolUse.waiting).toBe(0);
  });

  test("idle connections that went silent cost one wait, and not one for each", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await warm(db);
    proxy.goSilent("existing");
    const started = performance.now();
    expect(await db.executor.all(read("SELECT 1 AS one"), [])).toEqual([{ one: 1 }]);
    const after = performance.now();
    expect(after - started).toBeLessThan(noticedWithinMs);
    for (let turn = 0; turn < 8; turn += 1) await db.executor.run(write("INSERT INTO notes VALUES (1, 'after')"), []);
    expect(performance.now() - after).toBeLessThan(1000);
  });

  test("a change is of unknown outcome, whether it was made or not, and is not made twice", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await warm(db);
    const made = outcomeOf(
      db.executor.run(write("INSERT INTO notes SELECT 2, 'made' FROM pg_sleep(0.5) AS slept"), []),
    );
    await untilActive("made");
    proxy.goSilent("existing");
    const neverSent = outcomeOf(db.executor.run(write("INSERT INTO notes VALUES (3, 'never sent')"), []));
    expect(await Promise.all([made, neverSent])).toEqual(["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"]);
    const rows = await direct.executor.all(read("SELECT note FROM notes WHERE id IN (2, 3)"), []);
    expect(rows).toEqual([{ note: "made" }]);
  });

  test("a transaction ends, its locks with it, and the commit whose answer is lost is of unknown outcome", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await direct.executor.run(write("INSERT INTO notes VALUES (4, 'locked')"), []);
    const lock = write("UPDATE notes SET note = 'changed' WHERE id = 4");
    const within = transaction(db, async (tx) => {
      await tx.executor.run(lock, []);
      proxy.goSilent("existing");
      await tx.executor.run(lock, []);
    });
    expect(await outcomeOf(within)).toBe("CONNECTION_FAILED");
    // The server would hold the lock until it noticed, which takes hours.
    await direct.executor.run(lock, []);
    const atCommit = transaction(db, async (tx) => {
      await tx.executor.run(lock, []);
      proxy.goSilent("existing");
    });
    expect(await outcomeOf(atCommit)).toBe("OUTCOME_UNKNOWN");
  });

  test("a transaction that has sent nothing but its beginning is begun again", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await warm(db);
    proxy.goSilent("existing");
    expect(await transaction(db, (tx) => tx.executor.all(read("SELECT 1 AS one"), []))).toEqual([{ one: 1 }]);
  });

  test("rows on their way into a table are given up, whether some are left to send or not", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    const batch = Array.from({ length: 1000 }, (_, index) => [index, "x".repeat(100)]);
    for (const batches of [1, 200]) {
      const copying = transaction(db, async (tx) => {
        await tx.executor.liftTimeLimit();
        await tx.executor.load({ table: notes, batches: silencingAfter(proxy, batches, batch) });
      });
      expect(await outcomeOf(copying)).toBe("CONNECTION_FAILED");
    }
    expect(await direct.executor.all(read("SELECT count(*) AS n FROM notes WHERE note LIKE 'xxx%'"), [])).toEqual([
      { n: 0 },
    ]);
  });

  async function* silencingAfter<Row>(proxy: SilentProxy, batches: number, batch: Row[]): AsyncGenerator<Row[]> {
    yield batch;
    proxy.goSilent("existing");
    for (let turn = 1; turn < batches; turn += 1) yield batch;
  }

  test("rows on their way out of a table are given up, and a slow reader of them is not", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy);
    await direct.executor.run(
      write("INSERT INTO notes SELECT n, repeat('y', 1000) FROM generate_series(10000, 49999) AS n"),
      [],
    );
    const source = await db.connection.openSource();
    let seen = 0;
    const readAll = async () => {
      for await (const rows of source.read(notes)) {
        seen += rows.length;
        // Longer than a connection may be silent; it is this side that takes its time.
        if (seen === rows.length) await direct.executor.all(read("SELECT pg_sleep(4)::text"), []);
        if (seen > 20_000) proxy.goSilent("existing");
      }
    };
    const outcome = await outcomeOf(readAll());
    await source.close();
    expect(outcome).toBe("CONNECTION_FAILED");
    expect(seen).toBeGreaterThan(20_000);
  });

  test("work without a time limit is left alone while the server works on it", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy, { statementTimeoutMs: 100 });
    const slow = transaction(db, async (tx) => {
      await tx.executor.liftTimeLimit();
      return tx.executor.all(read("SELECT pg_sleep(7)::text, 'patience' AS note"), []);
    });
    expect(await slow).toMatchObject([{ note: "patience" }]);
  });

  test("a server of which nothing comes any more fails everything in time, and is used again when it answers", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy, { connectTimeoutMs: 2000, statementTimeoutMs: 300 });
    await warm(db);
    proxy.goSilent("all");
    const started = performance.now();
    const outcomes = await times(12, () => outcomeOf(db.executor.all(read("SELECT 1"), [])));
    expect(["CONNECTION_FAILED", "BUSY"]).toEqual(expect.arrayContaining(outcomes));
    // 300 ms that the statement has, 5 s for the way, 2 s for asking, and 2 s for the connection on which it is repeated.
    expect(performance.now() - started).toBeLessThan(14_000);
    proxy.speak();
    expect(await db.executor.all(read("SELECT 1 AS one"), [])).toEqual([{ one: 1 }]);
    expect(db.connection.poolUse.waiting).toBe(0);
  });

  test("a handle is closed though nobody answers", async () => {
    await using proxy = await startProxy();
    const db = await open(proxy);
    await warm(db);
    proxy.goSilent("all");
    const started = performance.now();
    await db.close();
    expect(performance.now() - started).toBeLessThan(noticedWithinMs);
  });

  test("reads apart need no connection of the pool", async () => {
    await using proxy = await startProxy();
    await using db = await open(proxy, { maxConnections: 1, connectTimeoutMs: 2000 });
    await transaction(db, async () => {
      expect(await outcomeOf(db.executor.all(read("SELECT 1"), []))).toBe("BUSY");
      const look = readApart(db, (handle) => handle.executor.all(read("SELECT 1 AS one"), []));
      expect(await look).toEqual([{ one: 1 }]);
    });
    expect(await readApart(db, (handle) => handle.executor.all(read("SELECT 1 AS one"), []))).toEqual([{ one: 1 }]);
  });
});
