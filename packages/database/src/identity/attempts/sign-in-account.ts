import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { UserStatus } from "../../schema/core.ts";
import { hasEmail } from "../account/has-email.ts";
import { inGoodStanding } from "../account/good-standing.ts";
import { wasRestoredSince } from "../../security/was-restored-since.ts";
import { fingerprintOf, type OpenedChallenge } from "./challenges.ts";

/** What sign-in needs to know of an account. */
export interface SignInAccount {
  readonly id: number;
  readonly email: string;
  readonly passwordHash: string;
  readonly status: UserStatus;
  readonly lockedUntil: Date | null;
  readonly twoFactorEnabled: boolean;
  readonly mustChangePassword: boolean;
  readonly lastPasswordChange: Date | null;
  readonly mayAct: boolean;
}

const columns = [
  "id",
  "email",
  "password_hash",
  "status",
  "locked_until",
  "2fa_enabled",
  "must_change_password",
  "last_password_change",
] as const;
const computed = { may_act: "boolean" } as const;

const findByEmail = statement(
  (sql, p: { email: string; now: Date }) =>
    sql
      .selectFrom("users")
      .select([...columns, inGoodStanding(p.now).as("may_act")])
      .where(hasEmail(p.email))
      .where("deleted_at", "is", null),
  computed,
);

const findById = statement(
  (sql, p: { id: number; now: Date }) =>
    sql
      .selectFrom("users")
      .select([...columns, inGoodStanding(p.now).as("may_act")])
      .where("id", "=", p.id)
      .where("deleted_at", "is", null),
  computed,
);

const lockById = statement(
  (sql, p: { id: number; now: Date }) =>
    sql
      .selectFrom("users")
      .select([...columns, inGoodStanding(p.now).as("may_act")])
      .where("id", "=", p.id)
      .where("deleted_at", "is", null)
      .forNoKeyUpdate(),
  computed,
);

type Row = NonNullable<Awaited<ReturnType<typeof findById.first>>>;

function toAccount(row: Row | null): SignInAccount | null {
  return row === null ? null : { ...row, mayAct: row.mayAct === true };
}

/** Finds the account of an e-mail address in its normal form; none that was deleted. */
export async function findAccountByEmail(db: Handle, email: string): Promise<SignInAccount | null> {
  return toAccount(await findByEmail.first(db, { email, now: db.clock.now() }));
}

/** Finds an account by its id; none that was deleted. */
export async function findAccountById(db: Handle, id: number): Promise<SignInAccount | null> {
  return toAccount(await findById.first(db, { id, now: db.clock.now() }));
}

/** Finds the account of a challenge, unless its password has changed or the database was restored since. */
export async function findChallengedAccount(
  db: Handle,
  { userId, password, sealedAt }: OpenedChallenge,
): Promise<SignInAccount | null> {
  if (await wasRestoredSince(db, new Date(sealedAt))) return null;
  const account = await findAccountById(db, userId);
  return account !== null && fingerprintOf(account.passwordHash) === password ? account : null;
}

/**
 * Locks an account until the transaction ends, and reads it again.
 *
 * @returns null when it was deleted, or its password changed, since `seen`
 */
export async function lockUnchangedAccount(tx: Transaction, seen: SignInAccount): Promise<SignInAccount | null> {
  const account = toAccount(await lockById.first(tx, { id: seen.id, now: tx.clock.now() }));
  return account?.passwordHash === seen.passwordHash ? account : null;
}
