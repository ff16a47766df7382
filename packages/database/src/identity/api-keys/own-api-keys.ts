import { z } from "zod";
import { requireSelf } from "../../access/require-self.ts";
import { keyPermissions } from "../../access/role-matrix.ts";
import { pageFields } from "../../database/page.ts";
import { NotFoundError, PermissionError } from "../../errors/index.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing, reading } from "../../operation/operation.ts";
import { pageOf, rowOf } from "../../rows/index.ts";
import { apiKeys } from "../../schema/security.ts";
import { recordId } from "../../validation/input.ts";
import { apiKeyFields } from "./api-key-fields.ts";
import { createApiKey } from "./create-api-key.ts";
import { listUserApiKeys } from "./list-api-keys.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

const newKey = z.object({
  key: z.string().meta({ description: "The key. It is shown this once." }),
  keyId: z.int(),
  keyPrefix: z.string(),
  name: z.string(),
  expiresAt: z.date().nullable(),
});

/**
 * Lists the caller's own API keys, newest first; `listUserApiKeys` is for programs.
 *
 * @returns a page of keys, without the keys themselves
 * @throws {DatabaseError} UNAUTHENTICATED for a caller who is no user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const caller = systemCallerFor({ userId: user.id });
 * await createOwnApiKey(db, { name: "Nightly scan", permissions: ["scan:read"] }, caller);
 * const { items } = await listOwnApiKeys(db, {}, caller);
 * items.length; // 1
 */
export const listOwnApiKeys = reading({
  summary: "List one's own API keys",
  permission: "key:read",
  input: pageFields,
  output: pageOf(rowOf(apiKeys, ["userId"])),
  run: (db, page, caller) => listUserApiKeys(db, requireSelf(caller), page),
});

/**
 * Makes an API key for the caller, with permissions that the caller's role has.
 *
 * @returns the key, which cannot be had again, and what tells it apart
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED, UNAUTHENTICATED for a caller who is no user
 * @throws {PermissionError} PERMISSION_DENIED for a permission that the caller has not got
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const caller = systemCallerFor({ userId: user.id });
 * const { key } = await createOwnApiKey(db, { name: "Nightly scan", permissions: ["scan:read"] }, caller);
 * isApiKey(key); // true
 */
export const createOwnApiKey = changing({
  summary: "Make an API key, with permissions that one's role has",
  permission: "key:write",
  fresh: true,
  input: {
    ...apiKeyFields,
    permissions: z.array(z.enum(keyPermissions)).max(keyPermissions.length).default([]),
  },
  output: newKey,
  async run(tx, fields, caller) {
    if (!fields.permissions.every((permission) => caller.may(permission))) throw new PermissionError();
    return unchanged(await createApiKey(tx, { userId: requireSelf(caller), ...fields, actor: caller.actor }));
  },
});

/**
 * Revokes one of the caller's own API keys.
 *
 * @returns whether it is revoked, which it is
 * @throws {NotFoundError} NOT_FOUND when the caller has no such key
 * @throws {DatabaseError} UNAUTHENTICATED for a caller who is no user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const caller = systemCallerFor({ userId: user.id });
 * const { keyId } = await createOwnApiKey(db, { name: "Nightly scan", permissions: ["scan:read"] }, caller);
 * await revokeOwnApiKey(db, { id: keyId }, caller);
 */
export const revokeOwnApiKey = changing({
  summary: "Revoke an API key",
  permission: "key:write",
  input: { id: recordId() },
  output: z.object({ revoked: z.literal(true) }),
  async run(tx, { id }, caller) {
    if (!(await revokeApiKey(tx, id, { userId: requireSelf(caller), actor: caller.actor }))) throw new NotFoundError();
    return unchanged({ revoked: true as const });
  },
});
