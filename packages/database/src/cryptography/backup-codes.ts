import { randomBytes, timingSafeEqual } from "node:crypto";
import { ValidationError } from "../errors/index.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { digestToken } from "./tokens.ts";

/** Crockford's base32: no I, L, O or U, so that a code survives being written down and read aloud. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 24;
const ownShape = /^[0-9A-HJKMNP-TV-Z]{24}$/;
const digestShape = /^[0-9a-f]{64}$/;

/** More than anyone's code, and little enough to hash. */
const maxCodeLength = 100;

/**
 * Makes backup codes, each good for one sign-in without the authenticator app.
 *
 * @param count How many, 1 to 50; 10 by default.
 * @returns Codes of 24 base32 characters (120 random bits) in groups of four: `7Q2M-…`. Show them once; store what
 *   {@link protectBackupCode} makes of them.
 * @throws INVALID_INPUT for any other count.
 */
export function generateBackupCodes(count = 10): string[] {
  if (!Number.isInteger(count) || count < 1 || count > 50) {
    throw new ValidationError([{ field: "count", message: "must be a whole number from 1 to 50" }]);
  }
  return Array.from({ length: count }, generateBackupCode);
}

/**
 * Turns a backup code into the form that is stored: SHA-256 for a code of {@link generateBackupCodes}, which nobody can
 * guess, and salted Argon2id for the short codes that older systems gave out, which a thief could try one by one.
 *
 * @param code As shown or typed; case, spaces and dashes do not count, nor do O for 0 and I or L for 1.
 * @returns What to store.
 * @throws INVALID_INPUT if it is empty or longer than 100 characters.
 * @see OWASP ASVS 5.0, 6.5.2
 */
export async function protectBackupCode(code: string): Promise<string> {
  const normalised = normalise(code);
  if (normalised === null) throw new ValidationError([{ field: "code", message: "is empty or too long" }]);
  return ownShape.test(normalised) ? digestToken(normalised) : hashPassword(normalised);
}

/**
 * Finds a typed backup code among the stored ones. The caller removes the one that is found, in the same transaction.
 *
 * @param code As typed.
 * @param stored What {@link protectBackupCode} made, of either form. Anything else in the list matches nothing.
 * @returns Index of the code in `stored`; -1 if it is none of them.
 */
export async function matchBackupCode(code: string, stored: readonly string[]): Promise<number> {
  const normalised = normalise(code);
  if (normalised === null) return -1;
  // A code of our own shape was never stored as Argon2id, so a guess of that shape costs no slow hash.
  return ownShape.test(normalised) ? findDigest(digestToken(normalised), stored) : findSlowHash(normalised, stored);
}

function generateBackupCode(): string {
  // 256 is a multiple of 32: the low five bits of a random byte are uniform.
  const characters = Array.from(randomBytes(codeLength), (byte) => alphabet[byte & 31]).join("");
  return characters.replaceAll(/.{4}(?!$)/g, "$&-");
}

function findDigest(digest: string, stored: readonly string[]): number {
  const wanted = Buffer.from(digest);
  let found = -1;
  for (const [index, candidate] of stored.entries()) {
    if (digestShape.test(candidate) && timingSafeEqual(wanted, Buffer.from(candidate)) && found === -1) found = index;
  }
  return found;
}

/** One after the other: a list of them at once would take every thread that hashes passwords. */
async function findSlowHash(normalised: string, stored: readonly string[]): Promise<number> {
  for (const [index, candidate] of stored.entries()) {
    if (candidate.startsWith("$argon2id$") && (await verifyPassword(normalised, candidate))) return index;
  }
  return -1;
}

/** The one spelling of a code; null if there is nothing in it, or too much. */
function normalise(code: string): string | null {
  if (code.length > maxCodeLength || !code.isWellFormed()) return null;
  const spelled = code
    .replaceAll(/[\s\p{Pd}]/gu, "")
    .toUpperCase()
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  return spelled === "" ? null : spelled;
}
