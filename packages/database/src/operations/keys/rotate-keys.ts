import { z } from "zod";
import { type Actor, actorField } from "../../access/actor.ts";
import { keyIdOf, type KeyRing } from "../../cryptography/key-ring.ts";
import { anyTable } from "../../database/any-table.ts";
import type { Database } from "../../database/handle.ts";
import { runQuery } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { DatabaseError } from "../../errors/index.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { primaryKeyOf } from "../../schema/kit/index.ts";
import { type EncryptedColumn, findEncryptedColumns } from "../../secrets/encrypted-columns.ts";
import { readStoredSecrets, type StoredSecret } from "../../secrets/stored-values.ts";
import { parseInput } from "../../validation/input.ts";

/** How far a rotation has come. */
export interface RotationProgress {
  readonly table: string;
  readonly column: string;
  /** Values that were looked at, of all columns. */
  readonly values: number;
  readonly rewritten: number;
}

/** How the values are encrypted again. */
export interface RotateKeysOptions {
  /** Who does it; default the system. */
  actor?: Actor | undefined;
  /** Called after each batch. */
  onProgress?: ((progress: RotationProgress) => void) | undefined;
}

/** What a rotation did, and which keys are still needed. */
export interface KeyRotation {
  /** The key that everything is encrypted with now. */
  currentKey: string;
  values: number;
  /** Values that were encrypted again, bound to their rows. */
  rewritten: number;
  /** Values that the keys at hand do not open. They stay as they are. */
  unreadable: number;
  /** Keys at hand that no value in the database needs any more. Backups from before still do. */
  freeKeys: string[];
  /** Older keys that values in the database still need. */
  neededKeys: string[];
}

const options = z.strictObject({
  actor: actorField,
  onProgress: z.custom<(progress: RotationProgress) => void>((value) => typeof value === "function").optional(),
});

/**
 * Encrypts everything that is encrypted at rest again: under the first key of the key file, and bound to its row. It works in
 * batches while others read and write, does what is left when it is run again after it was interrupted, and changes nothing that
 * is as it should be.
 *
 * Put the new key into the key file before the old ones, and restart every process that has the database open, before: one that
 * does not know the new key could read nothing of what was encrypted with it.
 *
 * @param db the database
 * @param rotation `actor`; `onProgress`, called after each batch
 * @returns how many values there are and were encrypted again, and which of the older keys are still needed
 * @throws {DatabaseError} SECRET_UNREADABLE when there is no key; KEY_FILE_UNUSABLE
 * @example
 * const { freeKeys } = await rotateKeys(db);
 * console.log(`No longer needed: ${freeKeys.join(", ")}`);
 */
export async function rotateKeys(db: Database, rotation: RotateKeysOptions = {}): Promise<KeyRotation> {
  const { actor, onProgress } = parseInput(options, rotation);
  const ring = await db.secrets();
  const [currentKey = "", ...older] = ring.keyIds();
  const needed = new Set<string>();
  const total = { values: 0, rewritten: 0, unreadable: 0 };
  for (const place of await findEncryptedColumns(db)) {
    for await (const batch of readStoredSecrets(db, place)) {
      const { rewritten, unreadable } = await renew(db, { ring, place, batch });
      total.values += batch.length;
      total.rewritten += rewritten;
      total.unreadable += unreadable.length;
      for (const { value } of unreadable) needed.add(keyIdOf(value) ?? "");
      const { values } = total;
      onProgress?.({ table: place.table.name, column: place.column.name, values, rewritten: total.rewritten });
    }
  }
  for (const id of await findLateKeys(db, ring)) needed.add(id);
  if (total.rewritten > 0) await logAudit(db, { action: "keys_rotated", metadata: { currentKey, ...total }, actor });
  const neededKeys = [...needed].filter((id) => id !== "" && id !== currentKey);
  return { currentKey, ...total, freeKeys: older.filter((id) => !needed.has(id)), neededKeys };
}

interface Renewal {
  readonly ring: KeyRing;
  readonly place: EncryptedColumn;
  readonly batch: readonly StoredSecret[];
}

/** Renews what has to be in one transaction; a value that somebody has changed meanwhile is theirs, and new already. */
async function renew(db: Database, { ring, place, batch }: Renewal) {
  const { table, column } = place;
  const due = batch.filter(({ value }) => ring.needsReencryption(value));
  const renewed = due.map((secret) => ({ secret, value: encryptAgain(ring, place, secret) }));
  const key = primaryKeyOf(table).name;
  const rewritten = await transaction(db, async (tx) => {
    let rows = 0;
    for (const { secret, value } of renewed) {
      if (value === null) continue;
      const change = anyTable(tx)
        .updateTable(table.name)
        .set({ [column.name]: value })
        .where(key, "=", secret.id)
        .where(column.name, "=", secret.value);
      rows += await runQuery(tx, change);
    }
    return rows;
  });
  return { rewritten, unreadable: renewed.filter(({ value }) => value === null).map(({ secret }) => secret) };
}

/** The value under the current key, bound to its row; null where the keys at hand do not open it. */
function encryptAgain(ring: KeyRing, { table, column }: EncryptedColumn, { id, value }: StoredSecret): string | null {
  const place = { table: table.name, column: column.name, row: id };
  // A credential that was stored before such were encrypted is in the clear.
  if (column.sensitivity === "harvested" && keyIdOf(value) === null) return ring.encrypt(value, place);
  try {
    return ring.encrypt(ring.decrypt(value, place), place);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "SECRET_UNREADABLE") return null;
    throw error;
  }
}

/** The older keys under which a process that does not know the current one has written meanwhile. */
async function findLateKeys(db: Database, ring: KeyRing): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const place of await findEncryptedColumns(db)) {
    for await (const batch of readStoredSecrets(db, place)) {
      for (const { value } of batch) if (ring.needsReencryption(value)) ids.add(keyIdOf(value) ?? "");
    }
  }
  return ids;
}
