import type { Transaction } from "./handle.ts";
import { transaction } from "./transaction.ts";

/**
 * Runs a look-up that has to see the rows of every company in a transaction that may be one company's, such as whether
 * something is taken. What it finds must not be told.
 */
export function acrossCompanies<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return tx.executor.company === null ? work(tx) : transaction(tx, work, { company: null });
}
