import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type PostgresServer, startPostgresServer, startReplica } from "../../../../test/support/postgres-server.ts";
import { startSilentProxy } from "../../../../test/support/silent-proxy.ts";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import type { Query } from "../../src/engines/port/engine.ts";
import {
  type Database,
  forLaggingReads,
  getSecurityEvents,
  logSecurityEvent,
  openDatabase,
  transaction,
} from "../../src/index.ts";
import { NotFoundError } from "../../src/errors/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const pgBaseBackup = findSystemProgram("pg_basebackup");
const statement = (sql: string, readOnly: boolean): Query => ({ sql, readOnly, recurring: false });
const fromReplica = statement("SELECT pg_is_in_recovery() AS replica", true);
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

describe.skipIf(pgBaseBackup === undefined)("Reads that may lag, with a streaming replica", () => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  let db: Database;
  const isFromReplica = async (handle = forLaggingReads(db)) =>
    (await handle.executor.all(fromReplica, []))[0]?.["replica"] as boolean;
  const open = (readMaxLagMs: number) =>
    openDatabase(primary.url(), { migrations: "ignore", readUrl: replica.url(), readMaxLagMs });

  beforeAll(async () => {
    primary = await startPostgresServer();
    await (await openDatabase(primary.url())).close();
    replica = await startReplica(primary, pgBaseBackup ?? "");
    db = await open(1000);
  });
  afterAll(async () => {
    await db.close();
    await replica.remove();
    await primary.remove();
  });

  test("go to the replica, and no others do", async () => {
    await eventually(async () => expect(await isFromReplica()).toBe(true));
    expect(await isFromReplica(db)).toBe(false);
    await transaction(db, async (tx) => {
      expect(await isFromReplica(forLaggingReads(tx))).toBe(false);
      expect(forLaggingReads(tx)).toBe(tx);
    });
    await transaction(forLaggingReads(db), async (tx) => expect(await isFromReplica(tx)).toBe(false));
  });

  test("go to the replica in a transaction that only reads, confined or not", async () => {
    const lagging = forLaggingReads(db);
    for (const options of [{ readOnly: true }, { readOnly: true, company: 1 }]) {
      const look = () => transaction(lagging, (tx) => isFromReplica(tx), options);
      await eventually(async () => expect(await look()).toBe(true));
    }
    const lost = transaction(lagging, () => Promise.reject(new NotFoundError()), { readOnly: true });
    await expect(lost).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await isFromReplica()).toBe(true);
  });

  test("see what was written through the same handle, after a while", async () => {
    const lagging = forLaggingReads(db);
    const { id } = await logSecurityEvent(lagging, { eventType: "replicated", severity: "low", description: "x" });
    await eventually(async () => {
      expect((await getSecurityEvents(lagging, { eventType: "replicated" })).items).toMatchObject([{ id }]);
    });
  });

  test("come from the primary while the replica is too far behind, and from the replica again once it has caught up", async () => {
    await using impatient = await open(100);
    const lagging = forLaggingReads(impatient);
    const onReplica = await openDatabase(replica.url(), { migrations: "ignore" });
    const tell = (sql: string) => onReplica.executor.all(statement(sql, true), []);
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
    await tell("SELECT pg_wal_replay_pause()::text");
    const { id } = await logSecurityEvent(db, { eventType: "behind", severity: "low", description: "x" });
    await eventually(async () => {
      expect(await isFromReplica(lagging)).toBe(false);
      expect((await getSecurityEvents(lagging, { eventType: "behind" })).items).toMatchObject([{ id }]);
    });
    await tell("SELECT pg_wal_replay_resume()::text");
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
    await onReplica.close();
  });

  test("come from the primary while the replica is down, without an error", async () => {
    await using other = await open(60_000);
    const lagging = forLaggingReads(other);
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
    await replica.stop("immediate");
    const look = () => transaction(lagging, (tx) => isFromReplica(tx), { readOnly: true });
    expect(await look()).toBe(false);
    for (let turn = 0; turn < 5; turn += 1) expect(await isFromReplica(lagging)).toBe(false);
    await using opened = await open(60_000);
    expect(await isFromReplica(forLaggingReads(opened))).toBe(false);
    await replica.start();
  });

  test("come from the primary while the replica is silent, and wait for it once at most", async () => {
    await using proxy = await startSilentProxy(replica.port);
    await using other = await openDatabase(primary.url(), {
      migrations: "ignore",
      readUrl: proxy.through(replica.url()),
      readMaxLagMs: 60_000,
    });
    const lagging = forLaggingReads(other);
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
    proxy.goSilent("all");
    const started = performance.now();
    expect(await isFromReplica(lagging)).toBe(false);
    const after = performance.now();
    // Silent for 2 s, not answering on a new connection for 2 s, and both once more.
    expect(after - started).toBeLessThan(10_000);
    for (let turn = 0; turn < 20; turn += 1) expect(await isFromReplica(lagging)).toBe(false);
    expect(performance.now() - after).toBeLessThan(1000);
    proxy.speak();
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
  });

  test("attack: never come from a server that follows nobody, such as a promoted replica", async () => {
    const alone = await startPostgresServer();
    await using other = await openDatabase(primary.url(), { migrations: "ignore", readUrl: alone.url() });
    await other.executor.run(statement("CREATE TABLE here (id bigint)", false), []);
    const look = statement("SELECT to_regclass('here')::text AS found", true);
    expect(await forLaggingReads(other).executor.all(look, [])).toEqual([{ found: "here" }]);
    await alone.remove();
  });

  test("that take too long are not repeated on the primary", async () => {
    await using hasty = await openDatabase(primary.url(), {
      migrations: "ignore",
      readUrl: replica.url(),
      readMaxLagMs: 60_000,
      statementTimeoutMs: 200,
    });
    const lagging = forLaggingReads(hasty);
    await eventually(async () => expect(await isFromReplica(lagging)).toBe(true));
    const started = performance.now();
    await expect(lagging.executor.all(statement("SELECT pg_sleep(30)", true), [])).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describeOnEachEngine("Reads that may lag, without a replica", (context) => {
  test("see everything at once, and write where everything is written", async () => {
    const lagging = forLaggingReads(context.db);
    const { id } = await logSecurityEvent(lagging, { eventType: "alone", severity: "low", description: "x" });
    expect((await getSecurityEvents(lagging, { eventType: "alone" })).items).toMatchObject([{ id }]);
    expect((await getSecurityEvents(context.db, { eventType: "alone" })).items).toMatchObject([{ id }]);
  });
});
