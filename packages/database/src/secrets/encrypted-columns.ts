import type { Handle } from "../database/handle.ts";
import { tableExists } from "../migrations/applied.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";

/** A column whose values are encrypted at rest. */
export interface EncryptedColumn {
  readonly table: TableDefinition;
  readonly column: NamedColumn;
}

/** Finds the columns that are encrypted at rest, of the tables that the database has: an older one lacks some. */
export async function findEncryptedColumns(db: Handle): Promise<EncryptedColumn[]> {
  const found: EncryptedColumn[] = [];
  for (const table of db.connection.tables.all) {
    const columns = table.columnList.filter(isEncrypted);
    if (columns.length === 0 || !(await tableExists(db, table.name))) continue;
    found.push(...columns.map((column) => ({ table, column })));
  }
  return found;
}

function isEncrypted({ sensitivity }: NamedColumn): boolean {
  return sensitivity === "encrypted" || sensitivity === "harvested";
}
