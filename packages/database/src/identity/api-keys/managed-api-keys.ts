import { z } from "zod";
import { pageFields } from "../../database/page.ts";
import { NotFoundError } from "../../errors/index.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing, reading } from "../../operation/operation.ts";
import { pageOf, rowOf } from "../../rows/index.ts";
import { apiKeys } from "../../schema/security.ts";
import { recordId } from "../../validation/input.ts";
import { requireManagedUser } from "../users/managed-user.ts";
import { listUserApiKeys } from "./list-api-keys.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

/**
 * Lists the API keys of a user whom the caller may manage, newest first.
 *
 * @returns a page of keys, without the keys themselves
 * @throws {NotFoundError} NOT_FOUND for a user out of reach
 * @throws {PermissionError} PERMISSION_DENIED for a role above one's own
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const { items } = await listApiKeysOfUser(db, { id: user.id });
 */
export const listApiKeysOfUser = reading({
  summary: "List the API keys of a user",
  permission: "key:manage",
  input: { id: recordId(), includeRevoked: z.boolean().default(false), ...pageFields },
  output: pageOf(rowOf(apiKeys, ["userId"])),
  async run(db, { id, ...options }, caller) {
    await requireManagedUser(db, id, caller);
    return listUserApiKeys(db, id, options);
  },
});

/**
 * Revokes an API key of a user whom the caller may manage.
 *
 * @returns whether it is revoked, which it is
 * @throws {NotFoundError} NOT_FOUND for a user out of reach, and when the user has no such key
 * @throws {PermissionError} PERMISSION_DENIED for a role above one's own
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const { keyId } = await createApiKey(db, { userId: user.id, name: "Nightly scan" });
 * await revokeApiKeyOfUser(db, { id: user.id, keyId });
 */
export const revokeApiKeyOfUser = changing({
  summary: "Revoke an API key of a user",
  permission: "key:manage",
  input: { id: recordId(), keyId: recordId() },
  output: z.object({ revoked: z.literal(true) }),
  async run(tx, { id, keyId }, caller) {
    await requireManagedUser(tx, id, caller);
    if (!(await revokeApiKey(tx, keyId, { userId: id, actor: caller.actor }))) throw new NotFoundError();
    return unchanged({ revoked: true as const });
  },
});
