import type { Database } from "../src/database/handle.ts";
import type { Query } from "../src/engines/port/engine.ts";

/** A statement as one of our functions ran it. */
export interface CapturedQuery {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * Runs one of our functions once and keeps the statements that it ran, so that the raw driver is given the same SQL by
 * construction.
 */
export async function captureQueries(
  db: Database,
  action: (db: Database) => Promise<unknown>,
): Promise<CapturedQuery[]> {
  const captured: CapturedQuery[] = [];
  const spy = Object.create(db) as Database;
  const record = (query: Query, values: readonly unknown[]) => captured.push({ sql: query.sql, values });
  Object.defineProperty(spy, "executor", {
    value: {
      all: (query: Query, values: readonly unknown[]) => (record(query, values), db.executor.all(query, values)),
      run: (query: Query, values: readonly unknown[]) => (record(query, values), db.executor.run(query, values)),
      transaction: db.executor.transaction.bind(db.executor),
    },
  });
  await action(spy);
  return captured;
}

/** Runs one of our functions and returns the only statement that it ran. */
export async function captureQuery(db: Database, action: (db: Database) => Promise<unknown>): Promise<CapturedQuery> {
  const [only, ...more] = await captureQueries(db, action);
  if (only === undefined || more.length > 0) throw new Error("The function ran another number of statements than one.");
  return only;
}
