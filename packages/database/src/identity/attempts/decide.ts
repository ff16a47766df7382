import { z } from "zod";
import { after, day } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { transactionInGroup } from "../../database/in-groups.ts";
import { endLockInTime } from "../../security/lock-length.ts";
import type { SignInFactor } from "../../schema/sign-in-factors.ts";
import type { FailedSignIn } from "../../security/group-failures.ts";
import { detectBruteForce, incrementFailedLoginCount } from "../../security/index.ts";
import { recordFailedAttempt } from "../../security/log-login-attempt.ts";
import { tellOfFailure } from "../../security/tell-of-failures.ts";
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
  /** Whose event a failure is; undefined where there is no such account. */
  readonly userId: number | undefined;
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

/** A refusal whose attempt is recorded, and what the security log is to be told of it once that is committed. */
interface Refused {
  readonly refusal: Refusal;
  readonly failure: FailedSignIn;
}

async function findThrottled(db: Handle, attempt: Attempt): Promise<Refused | null> {
  const until = await findThrottleEnd(db, attempt, attempt.lockout);
  if (until === null) return null;
  return { refusal: { status: "locked", until }, failure: await recordThrottled(db, attempt) };
}

/** Refuses an attempt, without looking at what it brings, while too many have failed; null when it may be looked at. */
export async function refuseThrottled(db: Handle, attempt: Attempt): Promise<Refusal | null> {
  const refused = await findThrottled(db, attempt);
  if (refused !== null) await tellOfFailure(db, refused.failure);
  return refused?.refusal ?? null;
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
  const { refused, outcome } = await transactionInGroup(db, async (tx) => {
    const account = evidence.account === null ? null : await lockUnchangedAccount(tx, evidence.account);
    await holdName(tx, `sign-in ${attempt.email}`);
    const present = { ...evidence, account };
    const found = (await findThrottled(tx, attempt)) ?? (await findRefusal(tx, attempt, present));
    return "account" in found ? { outcome: await proceed(tx, found.account) } : { refused: found };
  });
  if (refused === undefined) return outcome;
  const { refusal, failure } = refused;
  await tellOfFailure(db, failure);
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

function recordFailure(tx: Transaction, attempt: Attempt, { reason, userId }: Failure): Promise<FailedSignIn> {
  const { email, ipAddress, userAgent, provedBy } = attempt;
  const factors = attempt.factors === undefined ? undefined : [...attempt.factors];
  return recordFailedAttempt(tx, { email, ipAddress, userAgent, provedBy, failureReason: reason, userId, factors });
}

/** Why an attempt gets nowhere, or the account that it is for. */
async function findRefusal(
  tx: Transaction,
  attempt: Attempt,
  { account, findFault }: Evidence,
): Promise<Refused | { readonly account: SignInAccount }> {
  if (account === null) {
    const failure = await recordFailure(tx, attempt, { reason: "unknown account", userId: undefined });
    return { refusal: wrongCredentials, failure };
  }
  const fault = await findFault(tx);
  if (fault !== null) {
    const failure = await recordFailure(tx, attempt, { reason: fault, userId: account.id });
    await countFailure(tx, account.id, attempt);
    return { refusal: wrongCredentials, failure };
  }
  if (!account.mayAct) return turnAway(tx, attempt, account);
  if (!hasFirstPasswordEnded(tx, account)) return { account };
  const reason = uncountedReasons.firstPasswordEnded;
  const failure = await recordFailure(tx, attempt, { reason, userId: account.id });
  return { refusal: { status: "first-password-ended" }, failure };
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
async function turnAway(tx: Transaction, attempt: Attempt, account: SignInAccount): Promise<Refused> {
  const lockedUntil = await endLockInTime(tx, account);
  const { refusal, reason } = explain({ ...account, lockedUntil }, tx.clock.now());
  return { refusal, failure: await recordFailure(tx, attempt, { reason, userId: account.id }) };
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
