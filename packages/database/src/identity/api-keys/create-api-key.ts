import { z } from "zod";
import { actorField } from "../../access/actor.ts";
import { logAudit } from "../../audit/index.ts";
import { apiKeyPrefix, digestToken, generateApiKey } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { json } from "../../schema/kit/parameters.ts";
import { notify } from "../../mails/notify.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { apiKeyFields } from "./api-key-fields.ts";
import { endOfKey } from "./key-end.ts";
import { requireGoodStanding } from "../account/require-good-standing.ts";

const keyInput = z.strictObject({ userId: recordId(), ...apiKeyFields, actor: actorField });

/** What `createApiKey` takes. */
export type ApiKeyRequest = z.input<typeof keyInput>;

/** A new API key; the only time that the key itself is seen. */
export interface NewApiKey {
  readonly key: string;
  readonly keyId: number;
  /** First 8 characters of the key, which tell keys apart. */
  readonly keyPrefix: string;
  readonly name: string;
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
}

interface KeyRow {
  userId: number;
  digest: string;
  prefix: string;
  name: string;
  permissions: string[];
  now: Date;
  expiresAt: Date | null;
}

const insertKey = statement((sql, p: KeyRow) =>
  sql
    .insertInto("api_keys")
    .values({
      user_id: p.userId,
      key_hash: p.digest,
      key_prefix: p.prefix,
      name: p.name,
      permissions: json(p.permissions),
      created_at: p.now,
      expires_at: p.expiresAt,
    })
    .returning("id"),
);

/**
 * Makes an API key for a user: `nrv_` and 43 characters, of which only the SHA-256 digest is stored.
 *
 * @param db the database, or an open transaction
 * @param request `userId`, `name` (up to 100 characters), `permissions` (up to 100 of the form `scan:read`, `scan:*` or
 *   `*`; default none), `expiresInDays` (what the installation has as default, 90, and as longest, 365; null for never, where it allows that),
 *   `actor` (default the system)
 * @returns the key, which cannot be had again, and what tells it apart
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it was deleted
 * @throws {PermissionError} PERMISSION_DENIED when the user may not act: locked, suspended, not verified, ended
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { key } = await createApiKey(db, { userId: user.id, name: "Nightly scan", permissions: ["scan:write"] });
 */
export async function createApiKey(db: Handle, request: ApiKeyRequest): Promise<NewApiKey> {
  const { userId, name, permissions, expiresInDays, actor } = parseInput(keyInput, request);
  const key = generateApiKey();
  const prefix = apiKeyPrefix(key);
  const expiresAt = endOfKey(db, expiresInDays);
  return transaction(db, async (tx) => {
    await requireGoodStanding(tx, userId);
    const now = tx.clock.now();
    const row = { userId, digest: digestToken(key), prefix, name, permissions, now, expiresAt };
    const { id: keyId } = (await insertKey.first(tx, row)) as { id: number };

    const description = `API key created: ${name} (${prefix}…)`;
    await logSecurityEvent(tx, {
      eventType: "api_key_created",
      severity: "info",
      description,
      userId,
      ipAddress: actor.ipAddress,
      userAgent: actor.userAgent,
      metadata: { keyId, permissions },
    });
    await notify(tx, { userId, notice: "api_key_created", actor });
    await logAudit(tx, {
      action: "api_key_created",
      resourceType: "api_keys",
      resourceId: keyId,
      description,
      metadata: { permissions },
      ownerId: userId,
      actor,
    });
    return { key, keyId, keyPrefix: prefix, name, expiresAt };
  });
}
