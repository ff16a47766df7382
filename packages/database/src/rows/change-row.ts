import type { Transaction } from "../database/handle.ts";
import { NotFoundError } from "../errors/index.ts";
import { primaryKeyOf, type RowChanges, type TableDefinition, type VisibleRow } from "../schema/kit/index.ts";
import { shapedWrite, visibleNames } from "./shaped-write.ts";
import { storedValues } from "./stored-values.ts";

/** The name under which the row's id goes among the values; no column can have it. */
const changedRow = "changed row";

const change = shapedWrite((sql, table, { [changedRow]: id, ...values }) =>
  sql.updateTable(table.name).set(values).where(primaryKeyOf(table).name, "=", id).returning(visibleNames(table)),
);

/**
 * Changes a row that the caller has found and locked, a soft-deleted one too. The stamp of changes is set, JSON documents and
 * harvested credentials are stored as they have to be. Values count as parsed.
 *
 * @param tx an open transaction, in which the audit row is written as well
 * @param table the table's definition
 * @param id what its primary key holds
 * @param fields values by property names, hidden columns included; undefined ones stay as they are
 * @returns the row as it leaves, as it is now
 * @throws {NotFoundError} NOT_FOUND when there is no such row
 * @throws {ConflictError} CONFLICT, REFERENCE_VIOLATION
 * @throws {TypeError} for a field that the table does not have, for its id, and where there is nothing to write
 * @example
 * const company = await changeRow(tx, companies, 1, { maxSeats: 50 });
 */
export async function changeRow<Table extends TableDefinition>(
  tx: Transaction,
  table: Table,
  id: number | string,
  fields: RowChanges<Table>,
): Promise<VisibleRow<Table>> {
  const values = await storedValues(tx, { table, id }, fields, ({ stamped }) => stamped === "on insert and update");
  if (Object.hasOwn(values, primaryKeyOf(table).name)) throw new TypeError(`The id of ${table.name} stays as it is.`);
  if (Object.keys(values).length === 0) throw new TypeError(`No change of ${table.name} was given.`);
  const row = await change(tx, table, { [changedRow]: id, ...values });
  if (row === null) throw new NotFoundError();
  return row as VisibleRow<Table>;
}
