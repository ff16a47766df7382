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

/** What reading and writing the harvested columns of a row takes. */
export interface HarvestedRow {
  readonly table: TableDefinition;
  /** Its id; undefined before it is there: `bindHarvested` then follows in the same transaction. */
  readonly id: number | string | undefined;
  /** The keys, where one of the columns is harvested. */
  readonly secrets: KeyRing | undefined;
}

/** Encrypts the value of a harvested column, bound to its place; other values stay as they are. */
export function encryptHarvested({ table, id, secrets }: HarvestedRow, column: NamedColumn, value: unknown): unknown {
  if (secrets === undefined || !isHarvested(column) || typeof value !== "string") return value;
  return secrets.encrypt(value, { table: table.name, column: column.name, row: id });
}

/** Decrypts the value of a harvested column; one that was stored before encryption is as it is. */
export function decryptHarvested({ table, id, secrets }: HarvestedRow, column: NamedColumn, value: unknown): unknown {
  if (secrets === undefined || !isHarvested(column) || typeof value !== "string") return value;
  if (!secrets.isEncrypted(value)) return value;
  return secrets.decrypt(value, { table: table.name, column: column.name, row: id });
}
