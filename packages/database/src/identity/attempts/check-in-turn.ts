import { availableParallelism } from "node:os";
import { fewAtOnce } from "../../threads/few-at-once.ts";
import { networkOf } from "../../validation/network.ts";

/** Checks that wait: some seconds' worth. */
const mostWaiting = 512;

/** One core is left for everything else. */
const fewChecks = fewAtOnce(Math.max(1, availableParallelism() - 1), { mostWaiting });

interface Guess {
  readonly ipAddress: string;
  readonly provedBy: string | undefined;
}

/**
 * Runs the check of a password when its turn comes. It keeps a core busy for a while, so a crowd of them takes turns, network by
 * network; where somebody has proved themselves before, they need not wait for strangers.
 *
 * @throws {BusyError} BUSY when too many wait, and most of them from this network
 */
export function checkInTurn<T>({ ipAddress, provedBy }: Guess, check: () => Promise<T>): Promise<T> {
  return fewChecks(check, { owner: provedBy ?? networkOf(ipAddress), isPreferred: provedBy !== undefined });
}
