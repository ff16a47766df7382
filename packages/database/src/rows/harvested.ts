import type { Handle } from "../database/handle.ts";
import type { KeyRing } from "../cryptography/index.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";

/** Loads the keys when one of the columns is stored encrypted; undefined when none is. */
export async function secretsFor(db: Handle, columns: readonly NamedColumn[]): Promise<KeyRing | undefined> {
  return columns.some(isHarvested) ? db.secrets() : undefined;
}

/** Whether a column holds credentials that were found elsewhere: encrypted at rest. */
export function isHarvested({ sensitivity }: NamedColumn): boolean {
  return sensitivity === "harvested";
}

/** Encrypts the value of a harvested column, bound to its table and column; other values stay as they are. */
export function encryptHarvested(
  secrets: KeyRing | undefined,
  table: TableDefinition,
  column: NamedColumn,
  value: unknown,
): unknown {
  if (secrets === undefined || !isHarvested(column) || typeof value !== "string") return value;
  return secrets.encrypt(value, { table: table.name, column: column.name });
}

/** Decrypts the value of a harvested column; one that was stored before encryption is as it is. */
export function decryptHarvested(
  secrets: KeyRing | undefined,
  table: TableDefinition,
  column: NamedColumn,
  value: unknown,
): unknown {
  if (secrets === undefined || !isHarvested(column) || typeof value !== "string") return value;
  return secrets.isEncrypted(value) ? secrets.decrypt(value, { table: table.name, column: column.name }) : value;
}
