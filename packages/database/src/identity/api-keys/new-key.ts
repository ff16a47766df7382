import { apiKeyPrefix, digestToken, generateApiKey } from "../../cryptography/index.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { json } from "../../schema/kit/parameters.ts";

/** A new API key; the only time that the key itself is seen. */
export interface NewApiKey {
  readonly key: string;
  readonly keyId: number;
  /** First 8 characters of the key, which tell keys apart. */
  readonly keyPrefix: string;
  readonly name: string;
  /** The networks that it may be used from; none: from anywhere. */
  readonly networks: readonly string[];
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
}

interface KeyContent {
  readonly userId: number;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly networks: readonly string[];
  readonly expiresAt: Date | null;
}

interface KeyRow {
  userId: number;
  digest: string;
  prefix: string;
  name: string;
  permissions: readonly string[];
  networks: readonly string[] | null;
  now: Date;
  expiresAt: Date | null;
}

const insert = statement((sql, p: KeyRow) =>
  sql
    .insertInto("api_keys")
    .values({
      user_id: p.userId,
      key_hash: p.digest,
      key_prefix: p.prefix,
      name: p.name,
      permissions: json(p.permissions),
      networks: json(p.networks),
      created_at: p.now,
      expires_at: p.expiresAt,
    })
    .returning("id"),
);

/** Makes a key, and stores its digest; what tells of it is the caller's. */
export async function insertNewKey(tx: Transaction, content: KeyContent): Promise<NewApiKey> {
  const { name, networks, expiresAt } = content;
  const key = generateApiKey();
  const prefix = apiKeyPrefix(key);
  const row = { ...content, digest: digestToken(key), prefix, networks: storedNetworks(networks), now: tx.clock.now() };
  const { id: keyId } = await insert.one(tx, row);
  return { key, keyId, keyPrefix: prefix, name, networks, expiresAt };
}

/** Networks as the row holds them: one that is good from anywhere holds none. */
export function storedNetworks(networks: readonly string[]): string[] | null {
  return networks.length === 0 ? null : [...networks];
}
