import { z } from "zod";
import { type Actor, actorField } from "../../access/actor.ts";
import { columnsOf } from "../../database/columns.ts";
import { after, hour } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { ConflictError, NotFoundError } from "../../errors/index.ts";
import { changeRow } from "../../rows/change-row.ts";
import { apiKeys } from "../../schema/security.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { requireGoodStanding } from "../account/require-good-standing.ts";
import { overlapField } from "./api-key-fields.ts";
import { findKey, lockKey } from "./find-key.ts";
import { endOfSuccessor } from "./key-end.ts";
import { withinKeyLimit } from "./key-limit.ts";
import { type ApiKeySummary, summaryOf } from "./list-api-keys.ts";
import { insertNewKey, type NewApiKey } from "./new-key.ts";
import { recordKeyChange } from "./record-key-change.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

const rotateInput = z.strictObject({ userId: recordId().optional(), overlapHours: overlapField, actor: actorField });

/** A key that takes another's place. */
export interface RotatedApiKey extends NewApiKey {
  /** The key whose place it takes, and until when that goes on. */
  readonly replaces: { readonly keyId: number; readonly expiresAt: Date };
}

const readKey = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("api_keys")
    .select(columnsOf("api_keys", ["user_id"]))
    .where("id", "=", p.id)
    .forNoKeyUpdate(),
);

/**
 * Makes an API key that takes the place of another: of the same name, permissions and networks, with as long a life. The old key goes on
 * for the overlap, but no longer than it would have, and then ends by itself.
 *
 * A key that is rotated again before its new key was ever used gets another one, and the unused one is revoked: it was lost, or never
 * arrived. The overlap counts anew. Once the new key is in use, that one is rotated, or revoked first. Revoking the new key does not
 * prolong the old one.
 *
 * A user who holds as many keys as may be can rotate each of them: a key that another has replaced is not counted among the 50. Those
 * that still go on for an overlap are counted apart, and are 50 at most, too; without an overlap there is always room.
 *
 * @param db the database, or an open transaction
 * @param keyId id of the key
 * @param options `overlapHours` (0 to 168, default 24), `userId`: whose key it must be, `actor`: who rotates it, default the system
 * @returns the new key, which cannot be had again, and until when the old one goes on
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such key, or it was revoked
 * @throws {ConflictError} CONFLICT when the key has ended, or another has taken its place and is in use
 * @throws {PermissionError} PERMISSION_DENIED when the user may not act: locked, suspended, not verified, ended
 * @throws {QuotaError} QUOTA_EXCEEDED when as many keys as may be go on beside those that took their places, or are held, where the
 *   key was replaced already and its new key was revoked
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { keyId } = await createApiKey(db, { userId: user.id, name: "Nightly scan", permissions: ["scan:write"] });
 * const { key, replaces } = await rotateApiKey(db, keyId, { overlapHours: 2 });
 */
export async function rotateApiKey(
  db: Handle,
  keyId: number,
  options: z.input<typeof rotateInput> = {},
): Promise<RotatedApiKey> {
  const id = parseInput(recordId(), keyId, { field: "keyId" });
  const { overlapHours, actor, ...wanted } = parseInput(rotateInput, options);
  return transaction(db, async (tx) => {
    const found = await findKey.first(tx, { keyId: id, userId: wanted.userId });
    if (found === null) throw new NotFoundError();
    const { userId } = found;
    await requireGoodStanding(tx, userId);
    const old = summaryOf(await lockKey(tx, { keyId: id, userId }));
    if (old.expiresAt !== null && old.expiresAt <= tx.clock.now()) {
      throw new ConflictError("CONFLICT", { message: "The key has ended: make a new one." });
    }
    const { made, expiresAt } = await withinKeyLimit(tx, userId, () =>
      replace(tx, old, { userId, overlapHours, actor }),
    );
    const { name, permissions, networks } = old;
    await recordKeyChange(tx, {
      what: "api_key_rotated",
      userId,
      keyId: id,
      description: `API key rotated: ${name} (${old.keyPrefix}… to ${made.keyPrefix}…)`,
      metadata: { replacedBy: made.keyId, endsAt: expiresAt.toISOString(), permissions, networks },
      actor,
    });
    return { ...made, replaces: { keyId: id, expiresAt } };
  });
}

/** Makes the key that takes another's place, and moves the end of that one. */
async function replace(
  tx: Transaction,
  old: ApiKeySummary,
  { userId, overlapHours, actor }: { userId: number; overlapHours: number; actor: Actor },
): Promise<{ made: NewApiKey; expiresAt: Date }> {
  const former = await findSuccessor(tx, old);
  if (former !== null) await clearWay(tx, former, { userId, actor });
  const { name, permissions, networks } = old;
  const end = endOfSuccessor(tx, lifeOf(former ?? old));
  const made = await insertNewKey(tx, { userId, name, permissions, networks, expiresAt: end });
  const expiresAt = earlier(after(tx.clock.now(), overlapHours * hour), ownEnd(old, former));
  await changeRow(tx, apiKeys, old.id, { expiresAt, replacedBy: made.keyId });
  return { made, expiresAt };
}

/** The last of the keys that took a key's place, one after the other; null where none did. */
async function findSuccessor(tx: Transaction, { replacedBy }: ApiKeySummary): Promise<ApiKeySummary | null> {
  if (replacedBy === null) return null;
  const next = summaryOf(await readKey.one(tx, { id: replacedBy }));
  return (await findSuccessor(tx, next)) ?? next;
}

/** Revokes a key that took another's place, where nobody has used it. */
async function clearWay(tx: Transaction, former: ApiKeySummary, by: { userId: number; actor: Actor }): Promise<void> {
  const { id, isActive, revokedAt, usageCount } = former;
  if (!isActive || revokedAt !== null) return;
  if (usageCount > 0) {
    const message = `Key ${id} has taken its place and is in use: rotate that one.`;
    throw new ConflictError("CONFLICT", { message });
  }
  await revokeApiKey(tx, id, by);
}

/** How long a key was made for, in milliseconds; null where it does not end. */
function lifeOf({ createdAt, expiresAt }: ApiKeySummary): number | null {
  return expiresAt === null ? null : expiresAt.getTime() - createdAt.getTime();
}

/** When a key was to end by itself. That of one that was rotated before was moved, and its successor has its life. */
function ownEnd(key: ApiKeySummary, successor: ApiKeySummary | null): Date | null {
  const life = successor === null ? lifeOf(key) : lifeOf(successor);
  return life === null ? null : after(key.createdAt, life);
}

function earlier(one: Date, other: Date | null): Date {
  return other !== null && other < one ? other : one;
}
