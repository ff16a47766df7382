import type { Caller } from "../access/caller.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";

/**
 * Runs the reads of an operation. For a caller who reaches one company they are in a transaction of that company, where the
 * database has row security: the second wall, behind the predicate `within`. Elsewhere they need no transaction.
 */
export async function readConfined<T>(db: Handle, { scope }: Caller, work: (handle: Handle) => Promise<T>): Promise<T> {
  if (scope.kind !== "company" || !(await db.executor.hasRowSecurity())) return work(db);
  return transaction(db, work, { company: scope.companyId, readOnly: true });
}

/**
 * Runs a change in a transaction, which is the company's where the caller reaches one.
 * @param options `large`: whether it writes so much that it would hold up the event loop
 */
export function changeConfined<T>(
  db: Handle,
  { scope }: Caller,
  work: (tx: Transaction) => Promise<T>,
  { large }: { large: boolean },
): Promise<T> {
  return transaction(db, work, { large, ...(scope.kind === "company" ? { company: scope.companyId } : {}) });
}
