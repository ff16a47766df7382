import { z } from "zod";
import { actorField } from "../../access/actor.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { requireGoodStanding } from "../account/require-good-standing.ts";
import { apiKeyFields } from "./api-key-fields.ts";
import { endOfKey } from "./key-end.ts";
import { withinKeyLimit } from "./key-limit.ts";
import { insertNewKey, type NewApiKey } from "./new-key.ts";
import { recordKeyChange } from "./record-key-change.ts";

const keyInput = z.strictObject({ userId: recordId(), ...apiKeyFields, actor: actorField });

/** What `createApiKey` takes. */
export type ApiKeyRequest = z.input<typeof keyInput>;

/**
 * Makes an API key for a user: `nrv_` and 43 characters, of which only the SHA-256 digest is stored. A user
 * holds at most 50 that are good: one more is refused until one is revoked or ends.
 *
 * @param db the database, or an open transaction
 * @param request `userId`, `name` (up to 100 characters), `permissions` (up to 100 of the form `scan:read`, `scan:*` or
 *   `*`; default none), `networks` (up to 32 that it may be used from; default none: from anywhere), `expiresInDays` (what the installation
 *   has as default, 90, and as longest, 365; null for never, where it allows that), `actor` (default the system)
 * @returns the key, which cannot be had again, and what tells it apart
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it was deleted
 * @throws {PermissionError} PERMISSION_DENIED when the user may not act: locked, suspended, not verified, ended
 * @throws {QuotaError} QUOTA_EXCEEDED when the user holds as many keys as may be
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { key } = await createApiKey(db, { userId: user.id, name: "Nightly scan", permissions: ["scan:write"] });
 */
export async function createApiKey(db: Handle, request: ApiKeyRequest): Promise<NewApiKey> {
  const { userId, name, permissions, networks, expiresInDays, actor } = parseInput(keyInput, request);
  const expiresAt = endOfKey(db, expiresInDays);
  return transaction(db, async (tx) => {
    await requireGoodStanding(tx, userId);
    const content = { userId, name, permissions, networks, expiresAt };
    const made = await withinKeyLimit(tx, userId, () => insertNewKey(tx, content));
    await recordKeyChange(tx, {
      what: "api_key_created",
      userId,
      keyId: made.keyId,
      description: `API key created: ${name} (${made.keyPrefix}…)`,
      metadata: { permissions, networks },
      actor,
    });
    return made;
  });
}
