import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import { revokeAllUserApiKeys } from "../api-keys/revoke-api-key.ts";
import { revokeAllUserSessions } from "../sessions/revoke-sessions.ts";

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
  return {
    sessions: await revokeAllUserSessions(tx, userId, { actor }),
    apiKeys: await revokeAllUserApiKeys(tx, userId, { actor }),
  };
}
