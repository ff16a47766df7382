import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { actorField } from "../../access/actor.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { NotFoundError } from "../../errors/index.ts";
import { changeRow } from "../../rows/change-row.ts";
import { apiKeys } from "../../schema/security.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { networksField } from "./api-key-fields.ts";
import { findKey, lockKey } from "./find-key.ts";
import { type ApiKeySummary, summaryOf } from "./list-api-keys.ts";
import { storedNetworks } from "./new-key.ts";
import { recordKeyChange } from "./record-key-change.ts";

const setInput = z.strictObject({ networks: networksField, userId: recordId().optional(), actor: actorField });

/**
 * Changes from where an API key may be used, from now on. What changes nothing is no change: nobody is told of it.
 *
 * @param db the database, or an open transaction
 * @param keyId id of the key
 * @param options `networks`: up to 32, IPv4 or IPv6, or addresses; none lets it be used from anywhere. `userId`: whose key it must be,
 *   `actor`: who changes it, default the system
 * @returns the key as it is now, without the key itself
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such key, or it was revoked
 * @example
 * const user = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { keyId } = await createApiKey(db, { userId: user.id, name: "Nightly scan", permissions: ["scan:write"] });
 * await setKeyNetworks(db, keyId, { networks: ["192.0.2.0/24", "2001:db8::7"] });
 */
export async function setKeyNetworks(
  db: Handle,
  keyId: number,
  options: z.input<typeof setInput>,
): Promise<ApiKeySummary> {
  const id = parseInput(recordId(), keyId, { field: "keyId" });
  const { networks, actor, ...wanted } = parseInput(setInput, options);
  return transaction(db, async (tx) => {
    const found = await findKey.first(tx, { keyId: id, userId: wanted.userId });
    if (found === null) throw new NotFoundError();
    const { userId } = found;
    const key = summaryOf(await lockKey(tx, { keyId: id, userId }));
    if (isDeepStrictEqual(key.networks, networks)) return key;
    await changeRow(tx, apiKeys, id, { networks: storedNetworks(networks) });
    await recordKeyChange(tx, {
      what: "api_key_changed",
      userId,
      keyId: id,
      description: `Networks of an API key changed: ${key.name} (${key.keyPrefix}…)`,
      metadata: { from: key.networks, to: networks },
      actor,
    });
    return { ...key, networks };
  });
}
