import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Changes rows batch by batch until one is not full, so that no other writer waits for long, and on SQLite nothing else either:
 * its statements run on the thread that answers.
 *
 * @param size rows that one call changes at most
 * @param changeSome changes up to that many rows, and tells how many it was
 * @returns how many rows were changed in all
 */
export async function changeInBatches(size: number, changeSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const changed = await changeSome();
    total += changed;
    if (changed < size) return total;
    await nextTurn();
  }
}
