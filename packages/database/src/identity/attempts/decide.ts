import { z } from "zod";
import { after, day } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { transactionInGroup } from "../../database/in-groups.ts";
import { endLockInTime } from "../../security/lock-length.ts";
import type { SignInFactor } from "../../schema/sign-in-factors.ts";
import { detectBruteForce, incrementFailedLoginCount, logLoginAttempt } from "../../security/index.ts";
import { originFields } from "../account/origin.ts";
import { writeUser } from "../account/write-user.ts";
import { lockUnchangedAccount, type SignInAccount } from "./sign-in-account.ts";
import { recordThrottled } from "./record-throttled.ts";
import { findStrangersEnd, findThrottleEnd, lockoutField, uncountedReasons } from "./sign-in-throttle.ts";

/** Where a guess comes from, and how many are too many, as fields of an input. */
export const attemptFields = { ...originFields, lockout: lockoutField };

const attemptInput = z.strictObject(attemptFields);

/** An attempt to prove who one is: for which e-mail address, and from where. */
export type Attempt = z.output<typeof attemptInput> & {
  readonly email: string;
  /** What shows that the user proved who they are there before, as `findProof` found it. */
  readonly provedBy: string | undefined;
  /** What earlier steps of the sign-in have shown. */
  readonly factors?: readonly SignInFactor[];
};

/** Why an attempt got nowhere. */
export type Refusal =
  /** There is no such account, or the password, code or challenge is not right. */
  | { readonly status: "wrong-credentials" }
  /** Too many failures for this e-mail address, or the account is locked. Null: until somebody lifts the lock. */
  | { readonly status: "locked"; readonly until: Date | null }
  /** The account is suspended, switched off or has ended. */
  | { readonly status: "suspended" }
  | { readonly status: "email-not-verified" }
  /** An administrator chose the password, and nobody changed it in time. */
  | { readonly status: "first-password-ended" };

/** What an attempt has shown, found out before its transaction begins: hashing takes its time. */
export interface Evidence {
  /** The account as it was when the evidence was checked; null when there is none. */
  readonly account: SignInAccount | null;
  /**
   * Spends the evidence, once the account is locked.
   * @returns why it is wrong; null when it is right
   */
  readonly findFault: (tx: Transaction) => Promise<string | null>;
}

/** Refuses an attempt, without looking at what it brings, while too many have failed; null when it may be looked at. */
export async function refuseThrottled(db: Handle, attempt: Attempt): Promise<Refusal | null> {
  const until = await findThrottleEnd(db, attempt, attempt.lockout);
  if (until === null) return null;
  await recordThrottled(db, attempt);
  return { status: "locked", until };
}

/**
 * Decides on an attempt, records its failure, and does what it was for, in one transaction. Attempts for one e-mail
 * address are decided one after the other, and each asks again whether too many have failed before it: of any number of
 * guesses that come at once, no more are answered than of those that come one by one, and the rest learn nothing.
 *
 * @param proceed what the attempt was for; called when the evidence is right and the account may act
 * @returns what `proceed` returns, or why it was not called
 */
export async function decide<T>(
  db: Handle,
  attempt: Attempt,
  evidence: Evidence,
  proceed: (tx: Transaction, account: SignInAccount) => Promise<T>,
): Promise<T | Refusal> {
  const { refusal, outcome } = await transactionInGroup(db, async (tx) => {
    const account = evidence.account === null ? null : await lockUnchangedAccount(tx, evidence.account);
    await holdName(tx, `sign-in ${attempt.email}`);
    const refused = (await refuseThrottled(tx, attempt)) ?? (await findRefusal(tx, attempt, { ...evidence, account }));
    return account === null || refused !== null
      ? { refusal: refused ?? wrongCredentials }
      : { outcome: await proceed(tx, account) };
  });
  if (refusal === undefined) return outcome;
  if (refusal.status === "wrong-credentials") {
    await detectBruteForce(db, { email: attempt.email, ipAddress: attempt.ipAddress });
  }
  return refusal;
}

const wrongCredentials: Refusal = { status: "wrong-credentials" };

interface Failure {
  readonly reason: string;
  readonly userId: number | undefined;
}

async function recordFailure(db: Handle, attempt: Attempt, { reason, userId }: Failure): Promise<void> {
  const { email, ipAddress, userAgent, provedBy } = attempt;
  const origin = { email, ipAddress, userAgent, provedBy };
  const factors = attempt.factors === undefined ? undefined : [...attempt.factors];
  await logLoginAttempt(db, { ...origin, success: false, failureReason: reason, userId, factors });
}

async function findRefusal(tx: Transaction, attempt: Attempt, evidence: Evidence): Promise<Refusal | null> {
  const { account } = evidence;
  const fault = account === null ? "unknown account" : await evidence.findFault(tx);
  if (fault !== null) {
    await recordFailure(tx, attempt, { reason: fault, userId: account?.id });
    if (account !== null) await countFailure(tx, account.id, attempt);
    return wrongCredentials;
  }
  if (account === null) return null;
  if (!account.mayAct) return turnAway(tx, attempt, account);
  if (!hasFirstPasswordEnded(tx, account)) return null;
  await recordFailure(tx, attempt, { reason: uncountedReasons.firstPasswordEnded, userId: account.id });
  return { status: "first-password-ended" };
}

/** Whether the password is one that an administrator chose, and was to be changed before now. */
function hasFirstPasswordEnded({ accountPolicy, clock }: Handle, account: SignInAccount): boolean {
  const { mustChangePassword, lastPasswordChange: chosen } = account;
  if (!mustChangePassword || chosen === null) return false;
  return after(chosen, accountPolicy.firstPasswordDays * day) <= clock.now();
}

/** Counts a failure on the account itself, where administrators see it, and until when strangers are refused. */
async function countFailure(tx: Transaction, id: number, { email, lockout }: Attempt): Promise<void> {
  await incrementFailedLoginCount(tx, id);
  const signInRefusedUntil = await findStrangersEnd(tx, email, lockout);
  if (signInRefusedUntil !== null) await writeUser(tx, id, { signInRefusedUntil });
}

/** Tells somebody who has proved who they are why the account may not act. */
async function turnAway(tx: Transaction, attempt: Attempt, account: SignInAccount): Promise<Refusal> {
  const lockedUntil = await endLockInTime(tx, account);
  const { refusal, reason } = explain({ ...account, lockedUntil }, tx.clock.now());
  await recordFailure(tx, attempt, { reason, userId: account.id });
  return refusal;
}

function explain({ status, lockedUntil }: SignInAccount, now: Date): { refusal: Refusal; reason: string } {
  if (status === "pending_verification") {
    return { refusal: { status: "email-not-verified" }, reason: uncountedReasons.unverified };
  }
  const isLocked = status === "locked" ? lockedUntil === null || lockedUntil > now : (lockedUntil ?? now) > now;
  if (status !== "suspended" && isLocked) {
    return { refusal: { status: "locked", until: lockedUntil }, reason: uncountedReasons.locked };
  }
  return { refusal: { status: "suspended" }, reason: uncountedReasons.suspended };
}
