import { after, day } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { ValidationError } from "../../errors/index.ts";

/**
 * Decides when a new key ends, by what the installation allows.
 *
 * @param days as asked for; null for never, undefined for the installation's default
 * @returns null for a key that does not end
 * @throws {ValidationError} INVALID_INPUT for `expiresInDays`
 */
export function endOfKey({ accountPolicy, clock }: Handle, days: number | null | undefined): Date | null {
  const { keyDays, longestKeyDays, keysWithoutEnd } = accountPolicy;
  if (days === null) {
    if (!keysWithoutEnd) refuse("must be a number of days: here every key ends");
    return null;
  }
  const wanted = days ?? Math.min(keyDays, longestKeyDays);
  if (wanted > longestKeyDays) refuse(`must be at most ${longestKeyDays}: here no key lives longer`);
  return after(clock.now(), wanted * day);
}

/**
 * Decides when a key ends that takes another's place: after as long a life, or as long a one as the installation allows by now.
 *
 * @param life how long the other was to live, in milliseconds; null for one that did not end
 * @returns null for a key that does not end
 */
export function endOfSuccessor({ accountPolicy, clock }: Handle, life: number | null): Date | null {
  const { keyDays, longestKeyDays, keysWithoutEnd } = accountPolicy;
  if (life === null && keysWithoutEnd) return null;
  return after(clock.now(), Math.min(life ?? keyDays * day, longestKeyDays * day));
}

function refuse(message: string): never {
  throw new ValidationError([{ field: "expiresInDays", message }]);
}
