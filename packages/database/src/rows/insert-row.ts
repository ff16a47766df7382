import type { Transaction } from "../database/handle.ts";
import { type NewRow, primaryKeyOf, type TableDefinition, type VisibleRow } from "../schema/kit/index.ts";
import { shapedWrite, visibleNames } from "./shaped-write.ts";
import { bindHarvested } from "./bind-harvested.ts";
import { storedValues, type Values } from "./stored-values.ts";

const insert = shapedWrite((sql, table, values) =>
  sql.insertInto(table.name).values(values).returning(visibleNames(table)),
);

/**
 * Inserts a row. Stamps are set, JSON documents and harvested credentials stored as they have to be, and the database fills
 * in the defaults of what is not given. Values count as parsed: nothing is checked but what the database checks.
 *
 * @param tx an open transaction, in which the audit row is written as well
 * @param table the table's definition
 * @param fields values by property names, hidden columns included
 * @returns the row as it leaves
 * @throws {ConflictError} CONFLICT, REFERENCE_VIOLATION
 * @throws {TypeError} for a field that the table does not have
 * @example
 * const company = await insertRow(tx, companies, { name: "Example", primaryDomain: "example.org" });
 */
export async function insertRow<Table extends TableDefinition>(
  tx: Transaction,
  table: Table,
  fields: NewRow<Table>,
): Promise<VisibleRow<Table>> {
  const key = primaryKeyOf(table);
  const given = (fields as Values)[key.property] as number | string | undefined;
  const values = await storedValues(tx, { table, id: given }, fields, ({ stamped }) => stamped !== undefined);
  const row = (await insert(tx, table, values)) as VisibleRow<Table>;
  const id = (row as Values)[key.property] as number | string;
  if (given === undefined) await bindHarvested(tx, { table, from: id });
  return row;
}
