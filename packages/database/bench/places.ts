import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPostgresServer } from "../../../test/support/postgres-server.ts";
import type { Database } from "../src/database/handle.ts";
import { openDatabase } from "../src/opening/open-database.ts";
import type { EngineName } from "../src/engines/port/engine.ts";

/** A database to measure on, and the way to it past our code. */
export interface BenchPlace {
  readonly db: Database;
  readonly url: string;
  /** The file, on SQLite. */
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** Time stands still, so that no session's activity is ever due. */
const standing = Date.parse("2026-06-01T12:00:00.000Z");
const clock = { now: () => new Date(standing) };
const keys = { current: { id: "bench", key: new Uint8Array(32).fill(1) } };

/** What every handle on a place is opened with. */
export const benchOptions = { clock, keys };

async function sqlitePlace(): Promise<BenchPlace> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-"));
  const file = join(folder, "ghost.db");
  const db = await openDatabase(`sqlite:${file}`, benchOptions);
  const remove = async () => {
    await db.close();
    await rm(folder, { recursive: true });
  };
  return { db, file, url: `sqlite:${file}`, remove };
}

/** With the durability that a server has by default, not that of the tests. */
const durable = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

/** A PostgreSQL database that nothing is in yet. */
interface EmptyDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** Makes an empty database beside another one. */
export async function databaseBeside(url: string): Promise<EmptyDatabase> {
  const name = `bench_${randomBytes(4).toString("hex")}`;
  const run = async (sql: string) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${name}`);
  const named = new URL(url);
  named.pathname = `/${name}`;
  return { url: named.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Starts a server, which is empty. */
async function emptyServer(): Promise<EmptyDatabase> {
  const server = await startPostgresServer(durable);
  return { url: server.url(), drop: () => server.remove() };
}

async function postgresPlace(): Promise<BenchPlace> {
  const given = process.env["NERVE_BENCH_POSTGRES_URL"];
  const { url, drop } = await (given === undefined ? emptyServer() : databaseBeside(given));
  const db = await openDatabase(url, { ...benchOptions, maxConnections: benchConnections, statementTimeoutMs: 0 });
  const remove = async () => {
    await db.close();
    await drop();
  };
  return { db, file: "", url, remove };
}

/** Connections of each side's pool. */
export const benchConnections = 10;

/** Makes an empty, migrated database of an engine; PostgreSQL is a server of its own, or a database beside NERVE_BENCH_POSTGRES_URL. */
export function benchPlace(engine: EngineName): Promise<BenchPlace> {
  return engine === "sqlite" ? sqlitePlace() : postgresPlace();
}

/** The raw driver's pool, as large as ours. */
export function rawPool(url: string): pg.Pool {
  return new pg.Pool({ connectionString: url, max: benchConnections });
}
