import type { Transaction } from "../database/handle.ts";
import type { NamedColumn, NewRow, TableDefinition } from "../schema/kit/index.ts";
import { isHarvested } from "./harvested.ts";
import { newCell, requireKnown, type Values } from "./stored-values.ts";

/**
 * Inserts rows by the engine's fastest way. As in `insertRow`, stamps are set and JSON documents stored as they have to be, and
 * values count as parsed; defaults are filled in for what a row does not give and another one does.
 *
 * @param tx an open transaction
 * @param table the table's definition; none that holds harvested credentials, which are bound to ids
 * @param rows values by property names, hidden columns included
 * @throws {ConflictError} CONFLICT, REFERENCE_VIOLATION; no row is then kept
 * @throws {TypeError} for a field that the table does not have
 */
export async function insertMany<Table extends TableDefinition>(
  tx: Transaction,
  table: Table,
  rows: readonly NewRow<Table>[],
): Promise<void> {
  if (rows.length === 0) return;
  if (table.columnList.some(isHarvested)) throw new TypeError(`${table.name} holds harvested credentials.`);
  const columns = columnsGiven(table, rows);
  const plan = { table, id: undefined, secrets: undefined };
  const now = tx.clock.now();
  await tx.executor.insertRows(
    { table: table.name, columns: columns.map(({ name }) => name) },
    (rows as readonly Values[]).map((row) => columns.map((column) => newCell(plan, column, row[column.property], now))),
  );
}

/** The columns that a row gives, and the stamps. */
function columnsGiven(table: TableDefinition, rows: readonly Values[]): NamedColumn[] {
  const given = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined)));
  requireKnown(table, given);
  return table.columnList.filter(({ property, stamped }) => given.has(property) || stamped !== undefined);
}
