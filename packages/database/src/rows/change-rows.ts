import { anyTable } from "../database/any-table.ts";
import type { Transaction } from "../database/handle.ts";
import { runQuery } from "../database/statement.ts";
import { primaryKeyOf, type RowChanges, type TableDefinition } from "../schema/kit/index.ts";
import { isHarvested } from "./harvested.ts";
import { storedValues } from "./stored-values.ts";

/** Rows that one statement changes: far below what engines bind. */
const rowsOfStatement = 1000;

/**
 * Changes rows that the caller has found and locked to the same values, many by one statement. As in `changeRow`, the stamp of changes
 * is set, JSON documents are stored as they have to be, and values count as parsed.
 *
 * @param tx an open transaction
 * @param table the table's definition; none that holds harvested credentials, which are bound to ids
 * @param ids what their primary keys hold; those of no row are passed over
 * @param fields values by property names, hidden columns included; undefined ones stay as they are
 * @throws {ConflictError} CONFLICT, REFERENCE_VIOLATION
 * @throws {TypeError} for a field that the table does not have
 */
export async function changeRows<Table extends TableDefinition>(
  tx: Transaction,
  table: Table,
  ids: readonly number[],
  fields: RowChanges<Table>,
): Promise<void> {
  if (table.columnList.some(isHarvested)) throw new TypeError(`${table.name} holds harvested credentials.`);
  const plan = { table, id: undefined };
  const values = await storedValues(tx, plan, fields, ({ stamped }) => stamped === "on insert and update");
  for (let start = 0; start < ids.length; start += rowsOfStatement) {
    const some = ids.slice(start, start + rowsOfStatement);
    await runQuery(tx, anyTable(tx).updateTable(table.name).set(values).where(primaryKeyOf(table).name, "in", some));
  }
}
