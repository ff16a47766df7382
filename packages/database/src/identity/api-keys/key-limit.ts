import { before, day, latestPossible } from "../../database/durations.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { QuotaError } from "../../errors/index.ts";
import { isLiveKey } from "./live-key.ts";

/**
 * API keys that a user may hold. Two counts are held to it, each for itself: keys that nothing has replaced, and those that only go on
 * for the overlap beside the key that took their place. So every key can be rotated however many there are, and yet nobody
 * gathers keys by rotating the same one again and again.
 */
export const mostKeys = 50;

/** Keys of a user that are made within a day: those that have ended stay in the list, and nobody fills it by making and revoking. */
const mostMadeInDay = 200;

const findFurtherMade = statement((sql, p: { userId: number; since: Date; latest: Date }) =>
  sql
    .selectFrom("api_keys")
    .select("id")
    .where("user_id", "=", p.userId)
    .where("created_at", ">", p.since)
    .where("created_at", "<=", p.latest)
    .limit(1)
    .offset(mostMadeInDay),
);

const countLive = statement((sql, p: { userId: number; now: Date }) =>
  sql
    .selectFrom("api_keys")
    .select(({ fn }) => [fn.countAll<number>().as("live"), fn.count<number>("replaced_by").as("replaced")])
    .where("user_id", "=", p.userId)
    .where(isLiveKey(p.now)),
);

/**
 * Makes a change to a user's keys, and takes care that it adds none beyond the limit; the transaction has to be taken back else. A
 * change that leaves their number as it is passes also where there are more, from before there was a limit. The user's row has to
 * be locked, so that keys that are made side by side are counted one by one.
 *
 * @throws {QuotaError} QUOTA_EXCEEDED: the oldest is not ended instead, as with sessions, for a program uses it
 */
export async function withinKeyLimit<T>(tx: Transaction, userId: number, change: () => Promise<T>): Promise<T> {
  const count = () => countLive.one(tx, { userId, now: tx.clock.now() });
  const former = await count();
  const outcome = await change();
  const present = await count();
  if (isPassed(former.live - former.replaced, present.live - present.replaced)) {
    refuse(`A user may hold ${mostKeys} API keys: revoke one that is no longer needed, then make this one.`);
  }
  if (isPassed(former.replaced, present.replaced)) {
    refuse(
      `${mostKeys} API keys of the user go on beside those that took their places: revoke one of them, or rotate without an overlap.`,
    );
  }
  const now = tx.clock.now();
  if ((await findFurtherMade.first(tx, { userId, since: before(now, day), latest: latestPossible(now) })) !== null) {
    refuse(
      `${mostMadeInDay} API keys of the user were made within a day: keep one for longer, or make the next tomorrow.`,
    );
  }
  return outcome;
}

function isPassed(former: number, present: number): boolean {
  return present > former && present > mostKeys;
}

function refuse(message: string): never {
  const help = "The list of keys shows when each was last used: `nerve key list`, `nerve key revoke`, or /api/keys.";
  throw new QuotaError({ message, help });
}
