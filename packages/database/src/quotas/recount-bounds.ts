import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import { addToBound, type Holder, listHolders, removeBound, setBound } from "./bounds.ts";
import { countExactly } from "./count-towards-quotas.ts";

const nothing = { rows: 0, bytes: 0 };

function recount(db: Database, holder: Holder): Promise<void> {
  return transaction(db, async (tx) => {
    await addToBound(tx, holder, nothing);
    const exact = await countExactly(tx, holder);
    const isEmpty = exact.live.rows + exact.deleted.rows === 0;
    await (isEmpty ? removeBound(tx, holder) : setBound(tx, holder, exact));
  });
}

/**
 * Counts what each company and user stores, and puts it in the place of the bounds that saves are judged by: what was deleted gives
 * its room back without a save that counts.
 *
 * @param db the database; not an open transaction, in which every save would wait for the last count
 * @returns how many were counted
 */
export async function recountBounds(db: Database): Promise<number> {
  const holders = await listHolders(db);
  for (const holder of holders) {
    await recount(db, holder);
    await nextTurn();
  }
  return holders.length;
}
