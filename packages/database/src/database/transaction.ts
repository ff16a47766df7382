import type { TransactionOptions } from "../engines/port/engine.ts";
import type { Schema } from "../schema/tables.ts";
import { type Handle, Transaction } from "./handle.ts";

/**
 * Runs a function in a transaction: commits when it returns, rolls back when it throws, and rethrows its error
 * unchanged. Within a transaction it makes a savepoint.
 *
 * Await nothing but the database inside: on SQLite every other writer waits.
 *
 * @param db the database, or an open transaction
 * @param work receives the transaction; pass it on to every function that it calls
 * @param options `isolation` (PostgreSQL only, default `read committed`) and `retries` after a collision (default 0)
 * @returns what `work` returns
 * @throws {TransactionError} TRANSACTION_FAILED when `work` swallowed the failure of a statement
 * @throws {TransactionError} SERIALIZATION_FAILED when it collided with another transaction
 * @throws {BusyError} BUSY when another process held the lock for too long
 * @example
 * const company = await transaction(db, async (tx) => {
 *   const created = await createCompany(tx, { name: "Example", primaryDomain: "example.org" });
 *   await logAudit(tx, { action: "company_created", resourceType: "companies", resourceId: created.id });
 *   return created;
 * });
 */
export function transaction<T, DB = Schema>(
  db: Handle<DB>,
  work: (tx: Transaction<DB>) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return db.executor.transaction((executor) => work(new Transaction(db, executor)), options);
}

/**
 * Wraps a function so that it always runs in a transaction.
 *
 * @param operation takes the transaction first
 * @returns the same function, taking the database or an open transaction first
 * @throws as `transaction`
 * @example
 * const renameCompany = atomic(async (tx, id: number, name: string) => safeUpdate(tx, "companies", id, { name }));
 */
export function atomic<Arguments extends unknown[], T, DB = Schema>(
  operation: (tx: Transaction<DB>, ...rest: Arguments) => Promise<T>,
): (db: Handle<DB>, ...rest: Arguments) => Promise<T> {
  return (db, ...rest) => transaction(db, (tx) => operation(tx, ...rest));
}
