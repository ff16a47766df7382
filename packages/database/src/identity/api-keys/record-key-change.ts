import type { Actor } from "../../access/actor.ts";
import { logAudit } from "../../audit/index.ts";
import type { Transaction } from "../../database/handle.ts";
import { notify } from "../../mails/notify.ts";
import type { JsonValue } from "../../schema/kit/index.ts";
import { logSecurityEvent } from "../../security/index.ts";

/** What happened to a key. */
interface KeyChange {
  /** The event, the action of the audit log and, where the user is mailed, the notice. */
  readonly what: "api_key_created" | "api_key_changed" | "api_key_rotated" | "api_key_revoked";
  readonly userId: number;
  readonly keyId: number;
  readonly description: string;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  readonly actor: Actor;
}

/** Tells of a key that was made, changed, rotated or revoked: by an event, to the user by mail unless it was revoked, in the audit log. */
export async function recordKeyChange(tx: Transaction, change: KeyChange): Promise<void> {
  const { what, userId, keyId, description, metadata, actor } = change;
  await logSecurityEvent(tx, {
    eventType: what,
    severity: "info",
    description,
    userId,
    ipAddress: actor.ipAddress,
    userAgent: actor.userAgent,
    metadata: { keyId, ...metadata },
  });
  if (what !== "api_key_revoked") await notify(tx, { userId, notice: what, actor });
  await logAudit(tx, {
    action: what,
    resourceType: "api_keys",
    resourceId: keyId,
    description,
    metadata,
    ownerId: userId,
    actor,
  });
}
