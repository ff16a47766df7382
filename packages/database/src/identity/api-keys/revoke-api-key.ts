import { z } from "zod";
import { type ActorOption, actorField, actorOption } from "../../access/actor.ts";
import { logAudit } from "../../audit/index.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { findKey } from "./find-key.ts";
import { recordKeyChange } from "./record-key-change.ts";

const revokeInput = z.strictObject({ userId: recordId().optional(), actor: actorField });

const revokeKey = statement((sql, p: { keyId: number; now: Date }) =>
  sql
    .updateTable("api_keys")
    .set({ is_active: false, revoked_at: p.now })
    .where("id", "=", p.keyId)
    .where("revoked_at", "is", null),
);

const revokeAll = statement((sql, p: { userId: number; now: Date }) =>
  sql
    .updateTable("api_keys")
    .set({ is_active: false, revoked_at: p.now })
    .where("user_id", "=", p.userId)
    .where("revoked_at", "is", null),
);

/**
 * Revokes an API key. Revoking it again changes nothing: the first `revokedAt` stays, and there is one
 * `api_key_revoked` event.
 *
 * @param db the database, or an open transaction
 * @param keyId id of the key
 * @param options `userId`: whose key it must be; a key of somebody else is left alone. `actor`: who revokes it, default
 *   the system
 * @returns true when there is such a key, which now is revoked; false when there is none
 * @throws {ValidationError} INVALID_INPUT with the field at fault; 0 is no user's id
 * @example
 * const revoked = await revokeApiKey(db, 7, { userId: 1 });
 * revoked === false; // true: user 1 has no such key
 */
export async function revokeApiKey(
  db: Handle,
  keyId: number,
  options: z.input<typeof revokeInput> = {},
): Promise<boolean> {
  const id = parseInput(recordId(), keyId, { field: "keyId" });
  const { userId, actor } = parseInput(revokeInput, options);
  return transaction(db, async (tx) => {
    const key = await findKey.first(tx, { keyId: id, userId });
    if (key === null) return false;
    if ((await revokeKey.run(tx, { keyId: id, now: tx.clock.now() })) === 0) return true;
    const description = `API key revoked: ${key.name} (${key.keyPrefix}…)`;
    await recordKeyChange(tx, { what: "api_key_revoked", userId: key.userId, keyId: id, description, actor });
    return true;
  });
}

/**
 * Revokes all API keys of a user, in one statement, with one `api_key_revoked` event and one audit row.
 *
 * @param db the database, or an open transaction
 * @param userId whose keys
 * @param options `actor`: who revokes them, default the system
 * @returns how many were revoked
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 7.4.2
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * await revokeAllUserApiKeys(db, user.id); // 0
 */
export async function revokeAllUserApiKeys(db: Handle, userId: number, options: ActorOption = {}): Promise<number> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const keys = await revokeAll.run(tx, { userId: id, now: tx.clock.now() });
    if (keys === 0) return 0;
    const description = "All API keys of a user were revoked.";
    await logSecurityEvent(tx, {
      eventType: "api_key_revoked",
      severity: "info",
      description,
      userId: id,
      ipAddress: actor.ipAddress,
      userAgent: actor.userAgent,
      metadata: { keys },
    });
    await logAudit(tx, {
      action: "api_keys_revoked",
      resourceType: "users",
      resourceId: id,
      description,
      metadata: { keys },
      ownerId: id,
      actor,
    });
    return keys;
  });
}
