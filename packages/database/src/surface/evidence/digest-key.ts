import { randomBytes } from "node:crypto";
import type { Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { fetchFirst } from "../../database/statement.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { digestKeys } from "../../schema/surface/feeds.ts";

/** What secrets of findings are told apart by. */
const purpose = "secrets in findings";

const placeOf = { table: "digest_keys", column: "digest_key", row: purpose };

/**
 * The key under which this database tells the secrets of findings apart, made when it is first needed. It is kept encrypted, so that a
 * new master key changes no identity.
 */
export async function requireDigestKey(tx: Transaction): Promise<Uint8Array> {
  const known = await findDigestKey(tx);
  if (known !== null) return known;
  await holdName(tx, `digest key ${purpose}`);
  const meanwhile = await findDigestKey(tx);
  if (meanwhile !== null) return meanwhile;
  const key = randomBytes(32);
  const digestKey = (await tx.secrets()).encrypt(key.toString("base64"), placeOf);
  await insertRow(tx, digestKeys, { id: purpose, digestKey });
  return key;
}

async function findDigestKey(tx: Transaction): Promise<Uint8Array | null> {
  const row = await fetchFirst(tx, tx.sql.selectFrom("digest_keys").select("digest_key").where("id", "=", purpose));
  return row === null ? null : Buffer.from((await tx.secrets()).decrypt(row.digestKey, placeOf), "base64");
}
