import { z } from "zod";
import { type Actor, logAudit } from "../../audit/index.ts";
import { actorField } from "../../access/actor.ts";
import { generateBackupCodes, generateTotpSecret, protectBackupCode, totpUri } from "../../cryptography/index.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { json } from "../../schema/kit/parameters.ts";
import { ConflictError, NotFoundError, ValidationError } from "../../errors/index.ts";
import { notify } from "../../mails/notify.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput, recordId, text } from "../../validation/input.ts";
import { revokeAllUserSessions } from "../sessions/revoke-sessions.ts";
import { codeField, totpSecretPlace, verifyStoredSecret } from "./second-factor.ts";

export { verifySecondFactor } from "./second-factor.ts";

const changeFields = { exceptToken: z.string().optional(), actor: actorField };
const enrolInput = z.strictObject({ issuer: text({ min: 1, max: 50 }).optional() });
const confirmInput = z.strictObject({ code: codeField, ...changeFields });
const changeInput = z.strictObject(changeFields);

const findUser = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("users")
    .select(["email", "2fa_enabled", "2fa_secret"])
    .where("id", "=", p.id)
    .where("deleted_at", "is", null),
);

const storePending = statement((sql, p: { id: number; secret: string; now: Date }) =>
  sql
    .updateTable("users")
    .set({ "2fa_secret": p.secret, "2fa_backup_codes": null, two_factor_last_step: null, updated_at: p.now })
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", false),
);

const switchOn = statement((sql, p: { id: number; secret: string; step: number; codes: string[]; now: Date }) =>
  sql
    .updateTable("users")
    .set({
      "2fa_enabled": true,
      "2fa_backup_codes": json(p.codes),
      two_factor_last_step: p.step,
      updated_at: p.now,
    })
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", false)
    .where("2fa_secret", "=", p.secret),
);

const switchOff = statement((sql, p: { id: number; now: Date }) =>
  sql
    .updateTable("users")
    .set({
      "2fa_enabled": false,
      "2fa_secret": null,
      "2fa_backup_codes": null,
      two_factor_last_step: null,
      updated_at: p.now,
    })
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", true),
);

const replaceCodes = statement((sql, p: { id: number; codes: string[]; now: Date }) =>
  sql
    .updateTable("users")
    .set({ "2fa_backup_codes": json(p.codes), updated_at: p.now })
    .where("id", "=", p.id)
    .where("2fa_enabled", "=", true),
);

async function requireUser(db: Handle, userId: number) {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const user = await findUser.first(db, { id });
  if (user === null) throw new NotFoundError();
  return { ...user, id };
}

function refuseEnabled(): never {
  throw new ConflictError("CONFLICT", { message: "Two-factor sign-in is on already." });
}

/**
 * Begins two-factor sign-in for a user: makes a secret for their authenticator app. It takes effect only when
 * `confirmTwoFactor` has seen a code of it; beginning again replaces a secret that was not confirmed.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `issuer`: the name that the app shows, default NERVE
 * @returns the secret in base32, and the `otpauth://` address to show as a QR code; the secret is stored encrypted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ConflictError} CONFLICT when two-factor sign-in is on already
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { uri } = await enrolTwoFactor(db, user.id);
 */
export async function enrolTwoFactor(
  db: Handle,
  userId: number,
  options: z.input<typeof enrolInput> = {},
): Promise<{ secret: string; uri: string }> {
  const { issuer } = parseInput(enrolInput, options);
  const user = await requireUser(db, userId);
  const secret = generateTotpSecret();
  const encrypted = (await db.secrets()).encrypt(secret, totpSecretPlace(user.id));
  const stored = await storePending.run(db, { id: user.id, secret: encrypted, now: db.clock.now() });
  if (stored === 0) refuseEnabled();
  const uri = totpUri({ secret, account: user.email, ...(issuer === undefined ? {} : { issuer }) });
  return { secret, uri };
}

/**
 * Switches two-factor sign-in on, once the user has shown a code of the new secret. Ends the user's other sessions.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `code` as the app shows it; `exceptToken`: token of the session that goes on; `actor`
 * @returns ten backup codes, each good for one sign-in; only what checks them is stored
 * @throws {ValidationError} INVALID_INPUT with the field at fault; `code` when it is not right
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ConflictError} CONFLICT when it is on already, or was never begun
 * @see OWASP ASVS 5.0, 6.3.3, 6.5.1, 7.4.3
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { uri } = await enrolTwoFactor(db, id); // shown as a QR code; then the user types a code
 * const typed = "000 000";
 * const confirmed = await confirmTwoFactor(db, id, { code: typed }).catch((error: unknown) => {
 *   if (error instanceof ValidationError) return null; // a wrong code
 *   throw error;
 * });
 */
export async function confirmTwoFactor(
  db: Handle,
  userId: number,
  options: z.input<typeof confirmInput>,
): Promise<{ backupCodes: string[] }> {
  const { code, exceptToken, actor } = parseInput(confirmInput, options);
  const { id, twoFactorEnabled, twoFactorSecret: secret } = await requireUser(db, userId);
  if (twoFactorEnabled) refuseEnabled();
  if (secret === null) throw new ConflictError("CONFLICT", { message: "Two-factor sign-in was not begun." });
  const now = db.clock.now();
  const step = verifyStoredSecret(await db.secrets(), { userId: id, secret, code, now, lastStep: null });
  if (step === null) throw new ValidationError([{ field: "code", message: "is not right" }]);

  const { backupCodes, codes } = await makeBackupCodes();
  await transaction(db, async (tx) => {
    if ((await switchOn.run(tx, { id, secret, step, codes, now })) === 0) refuseEnabled();
    await recordChange(tx, { id, change: "2fa_enabled", actor });
    await revokeAllUserSessions(tx, id, { exceptToken, actor });
  });
  return { backupCodes };
}

/**
 * Switches two-factor sign-in off, and forgets the secret and the backup codes. Ends the user's other sessions.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `exceptToken`: token of the session that goes on; `actor`
 * @returns whether it was on
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const wasOn = await disableTwoFactor(db, id); // false
 */
export async function disableTwoFactor(
  db: Handle,
  userId: number,
  options: z.input<typeof changeInput> = {},
): Promise<boolean> {
  const { exceptToken, actor } = parseInput(changeInput, options);
  return transaction(db, async (tx) => {
    const { id } = await requireUser(tx, userId);
    if ((await switchOff.run(tx, { id, now: tx.clock.now() })) === 0) return false;
    await recordChange(tx, { id, change: "2fa_disabled", actor });
    await revokeAllUserSessions(tx, id, { exceptToken, actor });
    return true;
  });
}

const regenerateInput = z.strictObject({ actor: actorField });

/**
 * Gives a user ten new backup codes; the old ones no longer work.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `actor`
 * @returns the codes; only what checks them is stored
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user
 * @throws {ConflictError} CONFLICT when two-factor sign-in is off
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const codes = await regenerateBackupCodes(db, id).catch((error: unknown) => {
 *   if (error instanceof ConflictError) return null; // two-factor sign-in is off
 *   throw error;
 * });
 */
export async function regenerateBackupCodes(
  db: Handle,
  userId: number,
  options: z.input<typeof regenerateInput> = {},
): Promise<{ backupCodes: string[] }> {
  const { actor } = parseInput(regenerateInput, options);
  const { backupCodes, codes } = await makeBackupCodes();
  return transaction(db, async (tx) => {
    const { id } = await requireUser(tx, userId);
    if ((await replaceCodes.run(tx, { id, codes, now: tx.clock.now() })) === 0) {
      throw new ConflictError("CONFLICT", { message: "Two-factor sign-in is off." });
    }
    await notify(tx, { userId: id, notice: "backup_codes_replaced", actor });
    await logAudit(tx, {
      action: "2fa_backup_codes_replaced",
      resourceType: "users",
      resourceId: id,
      ownerId: id,
      actor,
    });
    return { backupCodes };
  });
}

async function makeBackupCodes(): Promise<{ backupCodes: string[]; codes: string[] }> {
  const backupCodes = generateBackupCodes();
  return { backupCodes, codes: await Promise.all(backupCodes.map(protectBackupCode)) };
}

interface FactorChange {
  readonly id: number;
  readonly change: "2fa_enabled" | "2fa_disabled";
  readonly actor: Actor;
}

async function recordChange(tx: Transaction, { id, change, actor }: FactorChange): Promise<void> {
  const isOn = change === "2fa_enabled";
  const description = `Two-factor sign-in was switched ${isOn ? "on" : "off"}.`;
  await logSecurityEvent(tx, {
    eventType: change,
    severity: isOn ? "info" : "medium",
    description,
    userId: id,
    ipAddress: actor.ipAddress,
    userAgent: actor.userAgent,
  });
  await notify(tx, { userId: id, notice: change, actor });
  await logAudit(tx, { action: change, resourceType: "users", resourceId: id, description, ownerId: id, actor });
}
