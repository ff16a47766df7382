import { z } from "zod";
import { digestToken, type KeyRing } from "../../cryptography/index.ts";
import { type SignInFactor, signInFactors } from "../../schema/sign-in-factors.ts";
import { after, clockTolerance, minute } from "../../database/durations.ts";

/** Minutes that a step of sign-in may take. */
const challengeMinutes = 10;

/** What is still to be done: prove a second factor, or choose a new password. */
export type ChallengePurpose = "second-factor" | "password-change";

const contentShape = z.object({
  userId: z.int(),
  password: z.string(),
  factors: z.array(z.enum(signInFactors)),
  sealedAt: z.number(),
});

/** What a challenge says: who has given the right password, which password that was, and what else was right. */
interface ChallengeContent {
  readonly userId: number;
  /** Fingerprint of the password's hash: a new password ends every challenge. */
  readonly password: string;
  readonly factors: readonly SignInFactor[];
}

/** What a challenge that was brought back says. */
export interface OpenedChallenge extends ChallengeContent {
  /** When it was sealed, in epoch milliseconds: a database that was restored since knows nothing of it. */
  readonly sealedAt: number;
}

/** A challenge for the client to bring back. */
export interface Challenge {
  readonly challenge: string;
  readonly expiresAt: Date;
}

/** Whether more than the password was shown. */
export function hasSecondFactor(factors: readonly SignInFactor[]): boolean {
  return factors.some((factor) => factor !== "password");
}

/** Tells two password hashes apart without showing them. */
export function fingerprintOf(passwordHash: string): string {
  return digestToken(passwordHash).slice(0, 32);
}

/**
 * Seals a challenge. It names nobody to its holder, lasts ten minutes, and opens for its one purpose.
 */
export function sealChallenge(
  keys: KeyRing,
  { purpose, content, now }: { purpose: ChallengePurpose; content: ChallengeContent; now: Date },
): Challenge {
  const expiresAt = after(now, challengeMinutes * minute);
  return { challenge: keys.seal({ ...content, sealedAt: now.getTime() }, { purpose, expiresAt }), expiresAt };
}

/** Opens a challenge; null when it is expired, altered, for another purpose or none. */
export function openChallenge(
  keys: KeyRing,
  { purpose, challenge, now }: { purpose: ChallengePurpose; challenge: string; now: Date },
): OpenedChallenge | null {
  const longestMs = challengeMinutes * minute + clockTolerance;
  const { data } = contentShape.safeParse(keys.open(challenge, { purpose, now, longestMs }));
  return data ?? null;
}

/** A challenge as the client brings it back, as a field of an input. */
export const challengeField = z.string().max(4096);
