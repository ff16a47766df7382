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

function refuse(message: string): never {
  throw new ValidationError([{ field: "expiresInDays", message }]);
}
