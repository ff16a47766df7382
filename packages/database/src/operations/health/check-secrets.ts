import type { Handle } from "../../database/handle.ts";
import { keyIdOf, type KeyRing } from "../../cryptography/key-ring.ts";
import { DatabaseError } from "../../errors/index.ts";
import { type EncryptedColumn, findEncryptedColumns } from "../../secrets/encrypted-columns.ts";
import { readStoredSecrets, type StoredSecret } from "../../secrets/stored-values.ts";

/** Values that the keys at hand do not open. */
export interface UnreadableSecrets {
  readonly table: string;
  readonly column: string;
  /** The key that encrypted them; null where the values do not name one. */
  readonly keyId: string | null;
  readonly values: number;
}

/** Whether the keys open what is stored. */
export interface SecretCheck {
  readonly healthy: boolean;
  /** How many values were tried. */
  readonly values: number;
  readonly unreadable: readonly UnreadableSecrets[];
  /** Why there are no keys to read them with; null where there are, or none were needed. */
  readonly withoutKeys: string | null;
  /** How many of those that can be read are in the clear, of an older form, or under an older key: `rotateKeys` renews them. */
  readonly outdated: number;
}

/**
 * Tries every value that is encrypted at rest with the keys at hand. Makes no key: a database without such values needs
 * none.
 *
 * @param db the database, or an open transaction
 * @returns the verdict, with what cannot be read by table, column and key
 * @throws {DatabaseConnectionError} CONNECTION_FAILED, CORRUPT
 * @example
 * const { healthy, unreadable } = await checkSecrets(db);
 * if (!healthy) console.error(unreadable.map(({ keyId }) => keyId));
 */
export async function checkSecrets(db: Handle): Promise<SecretCheck> {
  let keys: KeyRing | string | undefined;
  let values = 0;
  let outdated = 0;
  const found = new Map<string, UnreadableSecrets>();
  for (const place of await findEncryptedColumns(db)) {
    for await (const batch of readStoredSecrets(db, place)) {
      keys ??= await keysOf(db);
      for (const secret of batch) {
        if (!isReadable(keys, place, secret)) count(found, place, secret);
        else if (typeof keys !== "string" && keys.needsReencryption(secret.value)) outdated += 1;
      }
      values += batch.length;
    }
  }
  const withoutKeys = typeof keys === "string" && found.size > 0 ? keys : null;
  return { healthy: found.size === 0, values, unreadable: [...found.values()], withoutKeys, outdated };
}

/** The keys, or why they cannot be loaded: then nothing can be read. */
async function keysOf(db: Handle): Promise<KeyRing | string> {
  return db.secrets().catch((error: unknown) => {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  });
}

function isReadable(keys: KeyRing | string, { table, column }: EncryptedColumn, { id, value }: StoredSecret): boolean {
  // A credential that was stored before such were encrypted is as it is.
  if (column.sensitivity === "harvested" && keyIdOf(value) === null) return true;
  if (typeof keys === "string") return false;
  try {
    keys.decrypt(value, { table: table.name, column: column.name, row: id });
    return true;
  } catch {
    return false;
  }
}

function count(found: Map<string, UnreadableSecrets>, place: EncryptedColumn, { value }: StoredSecret): void {
  const [table, column, keyId] = [place.table.name, place.column.name, keyIdOf(value)];
  const name = JSON.stringify([table, column, keyId]);
  found.set(name, { table, column, keyId, values: (found.get(name)?.values ?? 0) + 1 });
}

/** What an operator has to know: one sentence for each column and key, and why there are no keys, where there are none. */
export function describeUnreadable({ unreadable, withoutKeys }: SecretCheck): string[] {
  return unreadable.map(({ table, column, keyId, values }) => {
    const key = keyId === null ? "a key that they do not name" : `the key ${keyId}`;
    const told = `${values} values of ${table}.${column} cannot be read`;
    return withoutKeys === null
      ? `${told} with the keys at hand; ${key} encrypted them`
      : `${told}, for ${key} encrypted them and there is none at hand: ${withoutKeys.replace(/\.$/, "")}`;
  });
}
