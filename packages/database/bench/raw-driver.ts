import { DatabaseSync } from "node:sqlite";
import type pg from "pg";
import { encodeValue as toPostgres } from "../src/engines/postgres/run/values.ts";
import { encodeValue as toSqlite } from "../src/engines/sqlite/run/values.ts";
import type { CapturedQuery } from "./captured-query.ts";

/** Runs one captured statement with other values, past our code, and returns its rows decoded. */
export type RawRun = (values: readonly unknown[]) => Promise<unknown[]> | unknown[];

/** How a row is decoded in place by hand, as a caller of the raw driver would write it. */
export type DecodeRow = (row: Record<string, unknown>) => unknown;

const asIs: DecodeRow = (row) => row;
/** Opens a raw connection with the durability of ours. */
export function rawSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  // Ours leaves checkpoints to its thread, which serves this connection's writes too.
  database.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384");
  return database;
}

/** The statement prepared once on node:sqlite. */
export function onRawSqlite(database: DatabaseSync, { sql }: CapturedQuery, decode = asIs): RawRun {
  const statement = database.prepare(sql);
  return (values) => {
    const rows = statement.all(...values.map(toSqlite));
    return decode === asIs ? rows : rows.map(decode);
  };
}

/** The statement under a name on a pool of `pg`. */
export function onRawPostgres(pool: pg.Pool, { sql }: CapturedQuery, name: string): RawRun {
  return async (values) => (await pool.query({ name, text: sql, values: values.map(toPostgres) })).rows as unknown[];
}
