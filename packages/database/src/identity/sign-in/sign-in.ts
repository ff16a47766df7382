import { z } from "zod";
import { hashPassword, needsRehash } from "../../cryptography/index.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { toLoggedEmail } from "../../security/logged-text.ts";
import { normalizeEmail } from "../../validation/index.ts";
import { parseInput } from "../../validation/input.ts";
import { admissionFields, admit } from "./admission.ts";
import { checkInTurn } from "../attempts/check-in-turn.ts";
import { decide, refuseThrottled } from "../attempts/decide.ts";
import { findProof } from "../attempts/find-proof.ts";
import { findAccountByEmail, type SignInAccount } from "../attempts/sign-in-account.ts";
import { checkPassword } from "./check-password.ts";
import { forgetHashKinds } from "./held-hash-kinds.ts";
import type { SignInResult } from "./sign-in-result.ts";
import { passwordField } from "../account/user-fields.ts";

const signInInput = z.strictObject({ email: z.string(), password: passwordField, ...admissionFields });

/** What `signIn` takes. */
export type SignInRequest = z.input<typeof signInInput>;

/**
 * Signs somebody in with e-mail address and password.
 *
 * Who does not know the password learns nothing about the account: an unknown address takes the same time, also where
 * others have hashes of older kinds, and gets the same answers, and is refused after the same number of failures (see `lockout`). Only the right password is told that
 * the account is locked, suspended or not verified, or that a second factor or a new password is needed.
 *
 * Every attempt is recorded; of those that are refused unseen after too many failures, the first of an hour from each network.
 * A success makes an event `login_success`; the failures of an hour for one address make one `login_failed`, which counts: it is
 * written with the first, and amended every ten seconds and when the database is closed. Checks take turns, network by network, and a known device goes first. A right
 * password whose hash is of an older kind is hashed anew. Begin no transaction around it: checking a password takes its time.
 *
 * @param db the database
 * @param request `email`, `password` and `ipAddress`; `userAgent`, `deviceType` (default `web`), `deviceName`;
 *   `expiresInHours` of the session (default 24); `deviceToken` that an earlier sign-in gave out, or `sessionToken` of a live
 *   session, where strangers' failures do not count; `lockout`: `failures` (default 5) within `windowMinutes` (default 15)
 *   after which sign-in is refused for `firstLockMinutes` (default 2), and for twice as long after each further failure of the
 *   day, up to `lockMinutes` (default 30)
 * @returns what came of it, by `status`
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {DatabaseError} SECRET_UNREADABLE when a challenge is needed and there is no key to seal it with
 * @throws {BusyError} BUSY when hundreds of checks wait, and most of them from this network
 * @see OWASP ASVS 5.0, 6.1.1, 6.3; NIST SP 800-63B-4, 3.2.2
 * @example
 * const email = "ada@example.org";
 * const password = "moon river dance seven";
 * await createUser(db, { email, password, role: "user", emailVerified: true });
 * const result = await signIn(db, { email, password, ipAddress: "192.0.2.7" });
 * if (result.status === "signed-in") await validateSession(db, result.session.token);
 */
export async function signIn(db: Handle, request: SignInRequest): Promise<SignInResult> {
  const { password, ...device } = parseInput(signInInput, request);
  const account = await findAccountByEmail(db, normalizeEmail(device.email));
  const userId = account?.id;
  const provedBy = await findProof(db, userId, device);
  const attempt = { ...device, email: toLoggedEmail(device.email), userId, provedBy };
  const refused = await refuseThrottled(db, attempt);
  if (refused !== null) return refused;
  const isRight = await checkInTurn(attempt, async () => {
    // Too many may have failed while it waited: then it costs no check.
    const refusedMeanwhile = await refuseThrottled(db, attempt);
    if (refusedMeanwhile !== null) return refusedMeanwhile;
    return checkPassword(db, password, account);
  });
  if (typeof isRight !== "boolean") return isRight;
  const needsChallenge = isRight && account !== null && (account.twoFactorEnabled || account.mustChangePassword);
  const keys = needsChallenge ? await db.secrets() : undefined;
  const newHash =
    isRight && account !== null && needsRehash(account.passwordHash) ? await hashPassword(password) : null;
  const findFault = () => Promise.resolve(isRight ? null : "wrong password");
  const result = await decide(db, attempt, { account, findFault }, async (tx, unchanged) => {
    const present = newHash === null ? unchanged : await storeNewHash(tx, unchanged, newHash);
    return admit(tx, { account: present, factors: ["password"], keys }, attempt);
  });
  if (newHash !== null) forgetHashKinds(db);
  return result;
}

const replaceHash = statement((sql, p: { id: number; hash: string; now: Date }) =>
  sql.updateTable("users").set({ password_hash: p.hash, updated_at: p.now }).where("id", "=", p.id),
);

/** The same password under today's parameters. */
async function storeNewHash(tx: Transaction, account: SignInAccount, hash: string): Promise<SignInAccount> {
  await replaceHash.run(tx, { id: account.id, hash, now: tx.clock.now() });
  return { ...account, passwordHash: hash };
}
