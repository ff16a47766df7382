import { type KeyRing, matchBackupCode, type SecretPlace, verifyTotp } from "../../cryptography/index.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { json } from "../../schema/kit/parameters.ts";
import { parseInput, recordId, text } from "../../validation/input.ts";

/** Where the TOTP secret of a user is kept; it is encrypted for this place. */
export function totpSecretPlace(userId: number): SecretPlace {
  return { table: "users", column: "2fa_secret", row: userId };
}

/** A code as somebody typed it, as a field of an input. */
export const codeField = text({ min: 1, max: 100 });

const findFactor = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("users")
    .select(["2fa_secret", "2fa_backup_codes", "two_factor_last_step"])
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", true)
    .where("deleted_at", "is", null),
);

/** A code that is right, and not yet spent. */
export type MatchedFactor =
  | { readonly kind: "totp"; readonly step: number; readonly secret: string }
  | { readonly kind: "backup"; readonly stored: string };

/**
 * Compares a code with what a user has enrolled: the authenticator app, then the backup codes. Takes its time for the
 * short backup codes of older systems, so it stands outside transactions.
 *
 * @returns null when the code is wrong, or the user has no second factor
 */
export async function matchSecondFactor(db: Handle, userId: number, code: string): Promise<MatchedFactor | null> {
  const factor = await findFactor.first(db, { id: userId });
  if (factor === null) return null;
  const { twoFactorSecret: secret, twoFactorBackupCodes: codes, twoFactorLastStep: lastStep } = factor;
  if (secret !== null) {
    const step = verifyStoredSecret(await db.secrets(), { userId, secret, code, now: db.clock.now(), lastStep });
    if (step !== null) return { kind: "totp", step, secret };
  }
  const stored = codes?.[await matchBackupCode(code, codes)];
  return stored === undefined ? null : { kind: "backup", stored };
}

/** Checks a code against a secret as it is stored; the step that it is for, or null. */
export function verifyStoredSecret(
  keys: KeyRing,
  { userId, secret, ...attempt }: { userId: number; secret: string; code: string; now: Date; lastStep: number | null },
): number | null {
  return verifyTotp({ ...attempt, secret: keys.decrypt(secret, totpSecretPlace(userId)) });
}

/** Guarded by the step: of two requests with one code, one changes a row. */
const spendStep = statement((sql, p: { id: number; secret: string; step: number; now: Date }) =>
  sql
    .updateTable("users")
    .set({ two_factor_last_step: p.step, updated_at: p.now })
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", true)
    .where("2fa_secret", "=", p.secret)
    .where((eb) => eb.or([eb("two_factor_last_step", "is", null), eb("two_factor_last_step", "<", p.step)])),
);

const lockCodes = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("users")
    .select("2fa_backup_codes")
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", true)
    .forNoKeyUpdate(),
);

const storeCodes = statement((sql, p: { id: number; codes: string[]; now: Date }) =>
  sql
    .updateTable("users")
    .set({ "2fa_backup_codes": json(p.codes), updated_at: p.now })
    .where("id", "=", p.id),
);

/**
 * Spends a code that matched.
 *
 * @returns false when somebody else was faster with the same code
 */
export async function spendSecondFactor(tx: Transaction, userId: number, match: MatchedFactor): Promise<boolean> {
  const now = tx.clock.now();
  if (match.kind === "totp") {
    const { step, secret } = match;
    return (await spendStep.run(tx, { id: userId, secret, step, now })) === 1;
  }
  const codes = (await lockCodes.first(tx, { id: userId }))?.twoFactorBackupCodes ?? [];
  if (!codes.includes(match.stored)) return false;
  await storeCodes.run(tx, { id: userId, codes: codes.filter((code) => code !== match.stored), now });
  return true;
}

/**
 * Checks a code of the authenticator app, or a backup code, and spends it: each works once, also when two requests bring
 * it at the same moment.
 *
 * Counts no failures; `completeSecondFactor` does. Whoever asks for a code elsewhere limits how often.
 *
 * @param db the database, or an open transaction
 * @param userId whose code it must be
 * @param code as typed
 * @returns whether it was right; false as well for a user without a second factor
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {DatabaseError} SECRET_UNREADABLE when the keys at hand cannot read the secret
 * @see RFC 6238, section 5.2; OWASP ASVS 5.0, 6.5.1
 * @example
 * const isRight = await verifySecondFactor(db, 1, "123456");
 */
export async function verifySecondFactor(db: Handle, userId: number, code: string): Promise<boolean> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const typed = parseInput(codeField, code, { field: "code" });
  const match = await matchSecondFactor(db, id, typed);
  return match !== null && transaction(db, (tx) => spendSecondFactor(tx, id, match));
}
