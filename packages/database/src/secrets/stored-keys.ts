import { encryptedPrefixes, keyIdOf } from "../cryptography/key-ring.ts";
import { acrossCompanies } from "../database/across-companies.ts";
import { anyTable } from "../database/any-table.ts";
import { type Handle, Transaction } from "../database/handle.ts";
import { fetchFirst } from "../database/statement.ts";
import { type EncryptedColumn, findEncryptedColumns } from "./encrypted-columns.ts";

/**
 * Finds which keys encrypted what the database holds: one of each column that holds anything. None means that there is
 * nothing that a new key could not read.
 */
export function findStoredKeyIds(db: Handle): Promise<string[]> {
  return db instanceof Transaction ? acrossCompanies(db as Transaction, findIds) : findIds(db);
}

async function findIds(db: Handle): Promise<string[]> {
  const ids = new Set<string>();
  for (const place of await findEncryptedColumns(db)) {
    const id = await findIdIn(db, place);
    if (id !== null) ids.add(id);
  }
  return [...ids];
}

async function findIdIn(db: Handle, { table, column }: EncryptedColumn): Promise<string | null> {
  const query = anyTable(db)
    .selectFrom(table.name)
    .select(`${column.name} as value`)
    .where((where) => where.or(encryptedPrefixes.map((prefix) => where(column.name, "like", `${prefix}.%`))))
    .limit(1);
  const value = (await fetchFirst(db, query))?.["value"];
  return typeof value === "string" ? keyIdOf(value) : null;
}
