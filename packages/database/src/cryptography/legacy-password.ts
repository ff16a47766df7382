import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

const bcryptShape = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const pbkdf2Shape = /^pbkdf2\$([0-9a-f]{32})\$([0-9a-f]{64})$/;

/** Each step doubles the time: 12 takes about 0.2 s, 15 about 1.5 s. A stored 31 would hold a thread for a day. */
const bcryptCosts = { lowest: 4, highest: 15 } as const;

/** The Python system kept no count in its `pbkdf2$` hashes: it was always this one. */
const pbkdf2Iterations = 100_000;

/** Tells whether a stored hash claims to be of a kind that NERVE reads but no longer writes. */
export function isLegacyHash(stored: string): boolean {
  return stored.startsWith("$2") || stored.startsWith("pbkdf2$");
}

/**
 * Tells what a check of a hash costs.
 *
 * @returns the algorithm, and for bcrypt its cost (`$2b$12`); null for a malformed hash, of which no check is made
 */
export function legacyKindOf(stored: string): string | null {
  const cost = bcryptCostOf(stored);
  if (cost !== null) return `$2b$${String(cost).padStart(2, "0")}`;
  return pbkdf2Shape.test(stored) ? "pbkdf2" : null;
}

/** Nobody's hash of a kind: a check against it costs what a real one does. */
export function nobodysLegacyHash(kind: string): string {
  return kind === "pbkdf2" ? `pbkdf2$${"0".repeat(32)}$${"0".repeat(64)}` : `${kind}$${".".repeat(53)}`;
}

/** The cost of a bcrypt hash; null when it is malformed, or costs too much. */
function bcryptCostOf(stored: string): number | null {
  const cost = Number(bcryptShape.exec(stored)?.[1] ?? Infinity);
  return cost < bcryptCosts.lowest || cost > bcryptCosts.highest ? null : cost;
}

/**
 * Checks a password against a bcrypt hash or a `pbkdf2$salt$key` hash of the Python system.
 *
 * Those hashes were made of the bytes as they were typed, without Unicode normalisation. A user who typed a composed
 * `é` then may have a keyboard that sends it decomposed today, or the other way round, so each form is tried.
 *
 * @returns Whether one of the forms matches; false for a malformed hash.
 */
export async function verifyLegacyPassword(plain: string, stored: string): Promise<boolean> {
  for (const form of new Set([plain, plain.normalize("NFC"), plain.normalize("NFD")])) {
    const matches = stored.startsWith("$2") ? await verifyBcrypt(form, stored) : await verifyPbkdf2(form, stored);
    if (matches) return true;
  }
  return false;
}

async function verifyBcrypt(plain: string, stored: string): Promise<boolean> {
  if (bcryptCostOf(stored) === null) return false;
  // bcrypt repeats its key with a NUL between, so that "ab" and "ab\0ab" have one hash.
  if (plain.includes("\0")) return false;
  // Few installations have such a hash: the module is loaded for the first that is checked.
  const bcrypt = await import("@node-rs/bcrypt");
  return bcrypt.verify(plain, stored);
}

async function verifyPbkdf2(plain: string, stored: string): Promise<boolean> {
  const [, salt, key] = pbkdf2Shape.exec(stored) ?? [];
  if (salt === undefined || key === undefined) return false;
  // The salt went in as its 32 ASCII characters, not as the 16 bytes that they spell.
  const derived = await derive(plain, salt, pbkdf2Iterations, 32, "sha256");
  return timingSafeEqual(derived, Buffer.from(key, "hex"));
}
