import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { Schema } from "../../schema/tables.ts";

/** Whether nobody has ended a session; it may have expired. */
export function isNotEnded(): Expression<SqlBool> {
  const session = expressionBuilder<Schema, "sessions">();
  return session.and([session("sessions.is_active", "=", true), session("sessions.revoked_at", "is", null)]);
}

/**
 * Whether a session was neither ended nor has expired. How long it was idle, and whether its user may act, are other questions:
 * `idleSince` and `inGoodStanding`.
 */
export function isLiveSession(now: Date): Expression<SqlBool> {
  const session = expressionBuilder<Schema, "sessions">();
  return session.and([isNotEnded(), session("sessions.expires_at", ">", now)]);
}

const endOne = statement((sql, p: { id: number; now: Date }) =>
  sql.updateTable("sessions").set({ is_active: false, revoked_at: p.now }).where("id", "=", p.id).where(isNotEnded()),
);

/** Ends a session, of which nobody is told yet. @returns whether it had not been ended before */
export async function endOneSession(tx: Transaction, id: number): Promise<boolean> {
  return (await endOne.run(tx, { id, now: tx.clock.now() })) === 1;
}
