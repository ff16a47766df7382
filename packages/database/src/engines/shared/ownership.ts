import { AsyncLocalStorage } from "node:async_hooks";
import { TransactionError } from "../../errors/index.ts";

/**
 * Notices work inside a transaction that uses the database instead of the transaction. On SQLite it would wait for the
 * lock that its own transaction holds, on PostgreSQL it would silently commit on its own.
 */
export class TransactionOwnership {
  readonly #current = new AsyncLocalStorage<{ open: boolean }>();

  async run<T>(work: () => Promise<T>): Promise<T> {
    const mark = { open: true };
    try {
      return await this.#current.run(mark, work);
    } finally {
      mark.open = false;
    }
  }

  /** @throws {TransactionError} when called from within an open transaction of this database */
  refuseInside(): void {
    if (this.#current.getStore()?.open !== true) return;
    throw new TransactionError("TRANSACTION_FAILED", {
      message: "Inside a transaction, pass the transaction and not the database to every function that writes.",
    });
  }
}
