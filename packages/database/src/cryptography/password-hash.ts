import type * as argon from "@node-rs/argon2";
import { ValidationError } from "../errors/index.ts";
import { whenNeeded } from "../loading/when-needed.ts";
import { isLegacyHash, legacyKindOf, nobodysLegacyHash, verifyLegacyPassword } from "./legacy-password.ts";

const argon2 = whenNeeded((load) => load("@node-rs/argon2") as typeof argon);

/**
 * Argon2id as OWASP asks for it today: 19 MiB, two passes, one lane.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const currentSetting = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const currentSaltBytes = 16;

/** The longest password that is accepted, in characters (Unicode code points). */
export const maxPasswordLength = 1024;

/** UTF-16 units that a password of {@link maxPasswordLength} characters can reach before it is normalised. */
const maxUnits = 4 * maxPasswordLength;

/** What one check of a stored hash may cost: a hash that asks for more is hostile, and counts as malformed. */
const mostExpensive = { memoryCost: 262_144, parallelism: 16, memoryTimesPasses: 1_048_576 } as const;

/** The kind of hash that is written today, as {@link hashKindOf} names it. */
export const currentHashKind = argon2idKind(currentSetting);

/**
 * The form of a password that is hashed and measured: NFC, so that the same characters typed on another keyboard are
 * the same password. Nothing else is changed: no trimming, no case folding.
 */
export function normalisePassword(plain: string): string {
  return plain.normalize("NFC");
}

/**
 * Counts the characters of a password in its normalised form.
 *
 * @returns Unicode code points, as NIST SP 800-63B counts them; Infinity if far too long to be worth counting.
 */
export function passwordLength(plain: string): number {
  return plain.length > maxUnits ? Infinity : Array.from(normalisePassword(plain)).length;
}

/**
 * Hashes a password with Argon2id, off the main thread.
 *
 * @param plain The password exactly as typed, 1 to 1024 characters. Whether it is a good one is for
 *   `checkPasswordPolicy` to say.
 * @returns A PHC string of 97 characters with its own salt and parameters.
 * @throws INVALID_INPUT if it is empty, too long or not well-formed Unicode.
 * @see RFC 9106 (Argon2)
 *
 * @example
 * const stored = await hashPassword("moon river dance seven");
 * await verifyPassword("moon river dance seven", stored); // true
 */
export async function hashPassword(plain: string): Promise<string> {
  const length = passwordLength(plain);
  if (length < 1 || length > maxPasswordLength) {
    throw new ValidationError([{ field: "password", message: `must have 1 to ${maxPasswordLength} characters` }]);
  }
  if (!plain.isWellFormed()) throw new ValidationError([{ field: "password", message: "must be well-formed text" }]);
  return argon2().hash(normalisePassword(plain), currentSetting);
}

/**
 * Checks a password against a stored hash, off the main thread and in constant time: Argon2id, or one of the kinds
 * that older systems wrote (bcrypt `$2a$`, `$2b$`, `$2y$`, and `pbkdf2$salt$key`).
 *
 * @param plain The password exactly as typed.
 * @param stored The hash as stored. A malformed one, or one whose check would cost more than about two seconds or
 *   256 MiB, matches nothing.
 * @returns Whether the password is right; an empty one never is.
 */
export async function verifyPassword(plain: string, stored: string): Promise<boolean> {
  if (plain.length < 1 || plain.length > maxUnits || !plain.isWellFormed()) return false;
  if (isLegacyHash(stored)) return verifyLegacyPassword(plain, stored);
  if (readArgon2id(stored) === null) return false;
  return argon2().verify(stored, normalisePassword(plain));
}

/**
 * Spends the time of a real check when there is no user to check, so that an unknown e-mail cannot be told from a
 * wrong password by the clock. Where users have hashes of older kinds, a check of each kind hides those as well.
 *
 * @param plain The password that was typed.
 * @param kind What the check is to cost, as `hashKindOf` says it; today's Argon2id by default.
 * @returns false, always.
 */
export async function verifyAgainstNobody(plain: string, kind = currentHashKind): Promise<false> {
  const isArgon2id = kind.startsWith("$argon2id$");
  await verifyPassword(plain, isArgon2id ? [kind, "A".repeat(22), "A".repeat(43)].join("$") : nobodysLegacyHash(kind));
  return false;
}

/**
 * Tells what a check of a stored hash costs: all hashes of one kind cost the same.
 *
 * @param stored The hash.
 * @returns The algorithm with its parameters, such as `$argon2id$v=19$m=19456,t=2,p=1`, `$2b$12` or `pbkdf2`; null where there
 *   is nothing to check, since it is malformed or would cost too much.
 *
 * @example
 * hashKindOf(await hashPassword("moon river dance seven")); // "$argon2id$v=19$m=19456,t=2,p=1"
 */
export function hashKindOf(stored: string): string | null {
  if (isLegacyHash(stored)) return legacyKindOf(stored);
  const read = readArgon2id(stored);
  return read === null ? null : argon2idKind(read);
}

function argon2idKind(setting: { memoryCost: number; timeCost: number; parallelism: number }): string {
  return `$argon2id$v=19$m=${setting.memoryCost},t=${setting.timeCost},p=${setting.parallelism}`;
}

/**
 * Tells whether a hash should be replaced at the next successful sign-in: anything but Argon2id with today's
 * parameters.
 *
 * @param stored The hash.
 * @returns True as well for what is no hash.
 */
export function needsRehash(stored: string): boolean {
  const read = readArgon2id(stored);
  return (
    read === null ||
    read.memoryCost !== currentSetting.memoryCost ||
    read.timeCost !== currentSetting.timeCost ||
    read.parallelism !== currentSetting.parallelism ||
    read.outputLen !== currentSetting.outputLen ||
    read.saltLen !== currentSaltBytes
  );
}

/** The parameters of an Argon2id hash; null if it is malformed or asks for more than a check may cost. */
function readArgon2id(stored: string): argon.ParsedHashOptions | null {
  if (!stored.startsWith("$argon2id$v=19$") || stored.length > 255) return null;
  let read: argon.ParsedHashOptions;
  try {
    read = argon2().parseOptions(stored);
  } catch {
    return null;
  }
  const { memoryCost, timeCost, parallelism, outputLen, saltLen } = read;
  const affordable =
    memoryCost <= mostExpensive.memoryCost &&
    parallelism <= mostExpensive.parallelism &&
    memoryCost * timeCost <= mostExpensive.memoryTimesPasses;
  // RFC 9106 3.1 sets the lower bounds; the library would throw on them at the check.
  const wellFormed =
    parallelism >= 1 && memoryCost >= 8 * parallelism && timeCost >= 1 && outputLen >= 16 && saltLen >= 8;
  return affordable && wellFormed ? read : null;
}
