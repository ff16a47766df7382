import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../test/support/postgres-server.ts";
import { type Database, DatabaseError, openDatabase, transaction } from "../../src/index.ts";
import type { Query } from "../../src/engines/port/engine.ts";

const read = (sql: string): Query => ({ sql, readOnly: true, recurring: false });
const write = (sql: string, recurring = false): Query => ({ sql, readOnly: false, recurring });
const add = write("INSERT INTO pairs (name) VALUES ($1)", true);

/** What became of one change. */
type Outcome = "kept" | "not kept" | "unknown";

describe("A PostgreSQL server that crashes under load", () => {
  let server: PostgresServer;
  let db: Database;
  beforeAll(async () => {
    // What is acknowledged has to survive: the tests' other servers do not promise that.
    server = await startPostgresServer({ fsync: "on", synchronous_commit: "on", full_page_writes: "on" });
    db = await openDatabase(server.url(), { migrations: "ignore", maxConnections: 8 });
    await db.executor.run(write("CREATE TABLE pairs (name text)"), []);
  });
  afterAll(async () => {
    await db.close();
    await server.remove();
  });

  const codes = new Set<string>();
  const judge = (error: unknown): Outcome => {
    expect(error).toBeInstanceOf(DatabaseError);
    const { code, status } = error as DatabaseError;
    expect(status).toBe(503);
    codes.add(code);
    return code === "OUTCOME_UNKNOWN" ? "unknown" : "not kept";
  };

  /** Two rows in one transaction, or one row by itself. */
  const change = (name: string, alone: boolean): Promise<unknown> =>
    alone
      ? db.executor.run(add, [name])
      : transaction(db, async (tx) => {
          await tx.executor.run(add, [name]);
          await tx.executor.run(add, [name]);
        });

  /** Writes until told to stop. */
  async function writeOn(writer: number, outcomes: Map<string, Outcome>, isOver: () => boolean): Promise<void> {
    for (let turn = 0; !isOver(); turn += 1) {
      const name = `${writer}-${turn}`;
      const alone = turn % 2 === 0;
      outcomes.set(name, await change(name, alone).then(() => "kept" as const, judge));
      // A refused connection answers at once; let the server come up.
      if (outcomes.get(name) !== "kept") await new Promise(setImmediate);
    }
  }

  test("fails requests clean, keeps what it acknowledged, writes nothing in half, and is used again by itself", async () => {
    const outcomes = new Map<string, Outcome>();
    let over = false;
    const writers = Array.from({ length: 16 }, (_, writer) => writeOn(writer, outcomes, () => over));
    const keptCount = () => [...outcomes.values()].filter((outcome) => outcome === "kept").length;
    for (let crash = 0; crash < 2; crash += 1) {
      const before = keptCount();
      await vi.waitFor(() => expect(keptCount()).toBeGreaterThan(before + 20), { timeout: 20_000, interval: 5 });
      await server.restart("immediate");
    }
    const before = keptCount();
    await vi.waitFor(() => expect(keptCount()).toBeGreaterThan(before + 20), { timeout: 20_000, interval: 5 });
    over = true;
    await Promise.all(writers);

    const stored = await db.executor.all(read("SELECT name, count(*) AS rows FROM pairs GROUP BY name"), []);
    const rowsOf = new Map(stored.map(({ name, rows }) => [name as string, rows as number]));
    for (const [name, outcome] of outcomes) {
      const whole = Number(name.split("-")[1]) % 2 === 0 ? 1 : 2;
      const allowed = { kept: [whole], "not kept": [0], unknown: [0, whole] }[outcome];
      expect(allowed, `${name} ${outcome}`).toContain(rowsOf.get(name) ?? 0);
    }
    expect(["BUSY", "CONNECTION_FAILED", "OUTCOME_UNKNOWN"]).toEqual(expect.arrayContaining([...codes]));
  });

  test("leaves the outcome of a commit unknown whose answer is lost", async () => {
    const outcome = transaction(db, async (tx) => {
      await tx.executor.run(write("CREATE TABLE late (id bigint)"), []);
      await tx.executor.run(write("INSERT INTO late VALUES (1)"), []);
      await tx.executor.run(
        write(`CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(30); RETURN NULL; END $$`),
        [],
      );
      await tx.executor.run(
        write(`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION crash()`),
        [],
      );
      await tx.executor.run(write("INSERT INTO late VALUES (2)"), []);
    });
    await expect(outcome).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN", status: 503 });
  });

  test("keeps its connections when a statement fails for a reason of its own", async () => {
    await using single = await openDatabase(server.url(), { migrations: "ignore", maxConnections: 1 });
    const pid = async () => (await single.executor.all(read("SELECT pg_backend_pid() AS pid"), []))[0]?.["pid"];
    const before = await pid();
    await expect(single.executor.all(read("SELECT 1/0"), [])).rejects.toBeInstanceOf(DatabaseError);
    expect(await pid()).toBe(before);
  });

  test("is busy, not gone, when every connection is in use for too long", async () => {
    await using single = await openDatabase(server.url(), {
      migrations: "ignore",
      maxConnections: 1,
      connectTimeoutMs: 500,
    });
    await transaction(single, async () => {
      await expect(single.executor.all(read("SELECT 1"), [])).rejects.toMatchObject({ code: "BUSY" });
    });
  });
});
