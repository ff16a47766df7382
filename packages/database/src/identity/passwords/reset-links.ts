import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { digestToken, generateSecureToken } from "../../cryptography/index.ts";
import { after, before, latestPossible, minute } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { forgetBeyond } from "../account/forget-beyond.ts";
import type { Schema } from "../../schema/tables.ts";

/** Minutes that a link lives: long enough for mail to arrive, and of no use in a mailbox that is read later. */
const resetMinutes = 30;

/** How long a link lives that an administrator hands or sends to somebody, such as an invitation, in minutes. */
const handedMinutes = 24 * 60;

/** Links of one user side by side; one more forgets the one that ends first. */
const mostLinks = 50;

/** Minutes in which one mail is enough: the link of the last one is still good. */
const mailMinutes = 5;

/** The token of a link; the only time that it is seen. */
export interface ResetToken {
  readonly token: string;
  readonly userId: number;
  readonly expiresAt: Date;
}

/** Who may get at their account by a link: also somebody who is locked out, but nobody who was suspended. */
export function mayReset(): Expression<SqlBool> {
  const user = expressionBuilder<Schema, "users">();
  return user.and([
    user("users.deleted_at", "is", null),
    user("users.is_active", "=", true),
    user("users.status", "!=", "suspended"),
  ]);
}

const findRecent = statement((sql, p: { userId: number; since: Date; latest: Date }) =>
  sql
    .selectFrom("password_reset_links")
    .select("id")
    .where("user_id", "=", p.userId)
    .where("created_at", ">", p.since)
    .where("created_at", "<=", p.latest)
    .limit(1),
);

const insertLink = statement((sql, p: { userId: number; digest: string; now: Date; expiresAt: Date }) =>
  sql
    .insertInto("password_reset_links")
    .values({ user_id: p.userId, token: p.digest, created_at: p.now, expires_at: p.expiresAt }),
);

/** Those that are asked for end within minutes, so that they take the place of none that was handed over. */
const forgetFirstToEnd = forgetBeyond("password_reset_links", "expires_at");

/** Administrators see that there is a link, and how long the last one lives. */
const showExpiry = statement((sql, p: { userId: number; expiresAt: Date }) =>
  sql.updateTable("users").set({ password_reset_expires: p.expiresAt }).where("id", "=", p.userId),
);

/** Whether a link was made for a user within the last few minutes, so that another mail would tell nothing new. */
export async function hasRecentLink(tx: Transaction, userId: number): Promise<boolean> {
  const now = tx.clock.now();
  const since = before(now, mailMinutes * minute);
  return (await findRecent.first(tx, { userId, since, latest: latestPossible(now) })) !== null;
}

async function makeLink(tx: Transaction, userId: number, minutes: number): Promise<ResetToken> {
  const token = generateSecureToken();
  const now = tx.clock.now();
  const expiresAt = after(now, minutes * minute);
  await insertLink.run(tx, { userId, digest: digestToken(token), now, expiresAt });
  await forgetFirstToEnd(tx, userId, mostLinks);
  await showExpiry.run(tx, { userId, expiresAt });
  return { token, userId, expiresAt };
}

/** Makes a link for a user who asked for one, beside those that there are. */
export function makeResetLink(tx: Transaction, userId: number): Promise<ResetToken> {
  return makeLink(tx, userId, resetMinutes);
}

const findEntitled = statement((sql, p: { userId: number }) =>
  sql.selectFrom("users").select("id").where("id", "=", p.userId).where(mayReset()),
);

/**
 * Makes a link that an administrator hands over or sends. It lives for a day and works once.
 *
 * @returns null for an account that is suspended or switched off
 */
export async function makeHandedLink(tx: Transaction, userId: number): Promise<ResetToken | null> {
  return (await findEntitled.first(tx, { userId })) === null ? null : makeLink(tx, userId, handedMinutes);
}

const endLinks = statement((sql, p: { userId: number }) =>
  sql.deleteFrom("password_reset_links").where("user_id", "=", p.userId),
);

/** Ends all links of a user that were not used. */
export async function endResetLinks(tx: Transaction, userId: number): Promise<void> {
  await endLinks.run(tx, { userId });
}

const findByLink = statement((sql, p: { digest: string; now: Date; latest: Date }) =>
  sql
    .selectFrom("password_reset_links as link")
    .innerJoin("users", "users.id", "link.user_id")
    .select(["users.id", "users.password_hash"])
    .where("link.token", "=", p.digest)
    .where("link.expires_at", ">", p.now)
    .where("link.created_at", "<=", p.latest)
    .where(mayReset()),
);

/** Links of an older system, and of a NERVE before links lived side by side. */
const findByColumn = statement((sql, p: { digest: string; now: Date; latestEnd: Date }) =>
  sql
    .selectFrom("users")
    .select(["id", "password_hash"])
    .where("password_reset_token", "=", p.digest)
    .where("password_reset_expires", ">", p.now)
    .where("password_reset_expires", "<=", p.latestEnd)
    .where(mayReset()),
);

/**
 * Finds whose link a token is of; null when it is unknown, used, too old, or made by a clock that was ahead, or the user may
 * not.
 */
export async function findByResetToken(
  db: Handle,
  token: string,
): Promise<{ id: number; passwordHash: string } | null> {
  const now = db.clock.now();
  const digest = digestToken(token);
  const wanted = { digest, now, latest: latestPossible(now), latestEnd: latestPossible(now, handedMinutes * minute) };
  return (await findByLink.first(db, wanted)) ?? (await findByColumn.first(db, wanted));
}
