import type { Transaction } from "./handle.ts";

/**
 * Holds a name until the transaction ends: others that hold the same name wait, in this process and in others. It
 * protects what no row stands for yet, such as "no event of this kind within the last hour". What the transaction
 * reads afterwards includes all that earlier holders committed (PostgreSQL: at isolation `read committed`).
 *
 * Whoever holds several names holds them in sorted order, and after locking rows, so that none waits in a circle.
 *
 * @param tx the open transaction
 * @param name any text; prefix it with the subject: `brute force email ada@example.org`
 */
export async function holdName(tx: Transaction, name: string): Promise<void> {
  await tx.connection.dialect.holdName(tx.executor, name);
}
