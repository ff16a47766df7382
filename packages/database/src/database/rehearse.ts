import type { TransactionOptions } from "../engines/port/engine.ts";
import type { Handle, Transaction } from "./handle.ts";
import { transaction } from "./transaction.ts";

/** Carries the result out of the transaction while it is rolled back. */
class RehearsalEnd<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super("The rehearsal is over.");
    this.result = result;
  }
}

/**
 * Does the work, and takes it back: what it returns is what it would return in earnest.
 *
 * @param db the database, or an open transaction
 * @param work changes nothing but the database
 * @param options as of `transaction`
 */
export async function rehearse<T>(
  db: Handle,
  work: (tx: Transaction) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  const end = async (tx: Transaction): Promise<never> => {
    throw new RehearsalEnd(await work(tx));
  };
  try {
    return await transaction(db, end, options);
  } catch (error) {
    if (error instanceof RehearsalEnd) return (error as RehearsalEnd<T>).result;
    throw error;
  }
}
