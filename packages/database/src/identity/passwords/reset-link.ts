import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { digestToken, generateSecureToken } from "../../cryptography/index.ts";
import { after, hour } from "../../database/durations.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { Schema } from "../../schema/tables.ts";

/** How long a link lives that an administrator hands or sends to somebody, such as an invitation, in hours. */
const handedHours = 24;

/** The secret of a link, and when it stops working. */
interface HandedLink {
  readonly token: string;
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

const storeToken = statement((sql, p: { id: number; digest: string; expiresAt: Date; now: Date }) =>
  sql
    .updateTable("users")
    .set({ password_reset_token: p.digest, password_reset_expires: p.expiresAt, updated_at: p.now })
    .where("id", "=", p.id)
    .where(mayReset()),
);

/**
 * Makes the token of a link with which a user sets a password; an administrator hands it over or sends it. It lives for a day
 * and works once.
 *
 * @returns null for an account that is suspended or switched off
 */
export async function makeHandedLink(tx: Transaction, userId: number): Promise<HandedLink | null> {
  const token = generateSecureToken();
  const now = tx.clock.now();
  const expiresAt = after(now, handedHours * hour);
  const stored = await storeToken.run(tx, { id: userId, digest: digestToken(token), expiresAt, now });
  return stored === 0 ? null : { token, expiresAt };
}
