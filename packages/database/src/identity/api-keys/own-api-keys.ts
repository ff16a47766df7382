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
import { apiKeyFields, networksField, overlapField } from "./api-key-fields.ts";
import { createApiKey } from "./create-api-key.ts";
import { listUserApiKeys } from "./list-api-keys.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";
import { setKeyNetworks } from "./set-key-networks.ts";

const newKey = z.object({
  key: z.string().meta({ description: "The key. It is shown this once." }),
  keyId: z.int(),
  keyPrefix: z.string(),
  name: z.string(),
  networks: z.array(z.string()),
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
 * Makes an API key for the caller, with permissions that the caller's role has; one of at most 50, as `createApiKey` does.
 *
 * @returns the key, which cannot be had again, and what tells it apart
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED, UNAUTHENTICATED for a caller who is no user
 * @throws {PermissionError} PERMISSION_DENIED for a permission that the caller has not got
 * @throws {QuotaError} QUOTA_EXCEEDED when the caller holds as many keys as may be
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
 * Changes from where one of the caller's own API keys may be used, from now on, as `setKeyNetworks` does.
 *
 * @returns the key as it is now
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED, UNAUTHENTICATED for a caller who is no user
 * @throws {NotFoundError} NOT_FOUND when the caller has no such key, or it was revoked
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const caller = systemCallerFor({ userId: user.id });
 * const { keyId: id } = await createOwnApiKey(db, { name: "Nightly scan", permissions: ["scan:read"] }, caller);
 * await updateOwnApiKey(db, { id, networks: ["192.0.2.0/24", "2001:db8::7"] }, caller);
 */
export const updateOwnApiKey = changing({
  summary: "Change from where an API key may be used",
  permission: "key:write",
  fresh: true,
  input: { id: recordId(), networks: networksField },
  output: rowOf(apiKeys, ["userId"]),
  async run(tx, { id, networks }, caller) {
    const request = { networks, userId: requireSelf(caller), actor: caller.actor };
    return unchanged(await setKeyNetworks(tx, id, request));
  },
});

/**
 * Makes an API key that takes the place of one of the caller's own, as `rotateApiKey` does.
 *
 * @returns the new key, which cannot be had again, and until when the old one goes on
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED, UNAUTHENTICATED for a caller who is no user
 * @throws {NotFoundError} NOT_FOUND when the caller has no such key, or it was revoked
 * @throws {ConflictError} CONFLICT when the key has ended, or another has taken its place and is in use
 * @throws {QuotaError} QUOTA_EXCEEDED when as many keys as may be go on beside those that took their places
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const caller = systemCallerFor({ userId: user.id });
 * const { keyId: id } = await createOwnApiKey(db, { name: "Nightly scan", permissions: ["scan:read"] }, caller);
 * const { key } = await rotateOwnApiKey(db, { id, overlapHours: 2 }, caller);
 */
export const rotateOwnApiKey = changing({
  summary: "Make an API key that takes the place of another, which goes on for a while",
  permission: "key:write",
  fresh: true,
  input: { id: recordId(), overlapHours: overlapField },
  output: newKey.extend({
    replaces: z
      .object({ keyId: z.int(), expiresAt: z.date() })
      .meta({ description: "The key whose place it takes, and until when that goes on." }),
  }),
  async run(tx, { id, overlapHours }, caller) {
    const userId = requireSelf(caller);
    return unchanged(await rotateApiKey(tx, id, { userId, overlapHours, actor: caller.actor }));
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
