import type { Actor } from "../audit/actor.ts";
import type { Transaction } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { logSecurityEvent } from "../security/index.ts";
import { revokeAllUserSessions } from "./revoke-sessions.ts";

const revokeKeys = statement((sql, p: { userId: number; now: Date }) =>
  sql
    .updateTable("api_keys")
    .set({ is_active: false, revoked_at: p.now })
    .where("user_id", "=", p.userId)
    .where("is_active", "=", true)
    .where("revoked_at", "is", null),
);

/** What ended with an account's access. */
export interface EndedAccess {
  sessions: number;
  apiKeys: number;
}

/**
 * Ends all sessions of a user and revokes all API keys.
 * @see OWASP ASVS 5.0, 7.4.2
 */
export async function endAccess(tx: Transaction, userId: number, actor: Actor): Promise<EndedAccess> {
  const sessions = await revokeAllUserSessions(tx, userId, { actor });
  const apiKeys = await revokeKeys.run(tx, { userId, now: tx.clock.now() });
  if (apiKeys > 0) {
    await logSecurityEvent(tx, {
      eventType: "api_key_revoked",
      severity: "info",
      description: "All API keys of a user were revoked.",
      userId,
      ipAddress: actor.ipAddress,
      userAgent: actor.userAgent,
      metadata: { apiKeys },
    });
  }
  return { sessions, apiKeys };
}
