import { ValidationError } from "../errors/index.ts";
import { columnNamed, primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import { type TableName, tables } from "../schema/tables.ts";
import { parseInput, recordId, text } from "../validation/input.ts";

/** What names a row: a number, or a text where the caller chooses the key (`profiles`). */
export type RecordId = number | string;

const byName: ReadonlyMap<string, TableDefinition> = new Map(tables.map((table) => [table.name, table]));

/** @throws {ValidationError} always, with the field `table` */
export function refuseTable(message: string): never {
  throw new ValidationError([{ field: "table", message }]);
}

/**
 * Finds a table by its name in SQL. No other name ever reaches a statement.
 * @throws {ValidationError} INVALID_INPUT for any other name
 */
export function requireTable(name: TableName): TableDefinition {
  return byName.get(name) ?? refuseTable("is not a known table");
}

/**
 * Reads the id of a row as its table has it.
 * @throws {ValidationError} INVALID_INPUT for `id` of another type
 */
export function parseRecordId(table: TableDefinition, id: RecordId): RecordId {
  const schema = primaryKeyOf(table).kind === "id" ? recordId() : text({ min: 1, max: 255 });
  return parseInput(schema, id, { field: "id" });
}

/** Whether rows are soft-deleted: marked, and invisible from then on. */
export function hasSoftDelete(table: TableDefinition): boolean {
  return columnNamed(table, "deleted_at") !== undefined;
}
