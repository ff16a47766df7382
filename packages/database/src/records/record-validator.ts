import { z } from "zod";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";
import { columnField } from "../rows/column-field.ts";
import { findInsertProtection, findUpdateProtection } from "./protection.ts";

/** What a record of a table must be, derived from the table's definition. Fields by their property names. */
export interface RecordValidator {
  /** A whole new record: what is required must be there. */
  readonly whole: z.ZodType<Record<string, unknown>>;
  /** Some fields of a record that exists. */
  readonly partial: z.ZodType<Record<string, unknown>>;
  /** The columns that a record may have, in the table's order. */
  readonly columns: readonly NamedColumn[];
}

const known = new Map<TableDefinition, RecordValidator>();

function protectedField(message: string): z.ZodType {
  return z.unknown().check(({ value, issues }) => {
    if (value !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

function isRequired({ notNull, default: value, stamped }: NamedColumn): boolean {
  return notNull === true && value === undefined && stamped === undefined;
}

function insertField(column: NamedColumn): z.ZodType {
  const protection = findInsertProtection(column);
  if (protection !== undefined) return protectedField(protection).optional();
  const field = columnField(column);
  return isRequired(column) ? field : field.optional();
}

function updateField(table: TableDefinition, column: NamedColumn): z.ZodType {
  const protection = findUpdateProtection(table, column);
  return (protection === undefined ? columnField(column) : protectedField(protection)).optional();
}

function makeValidator(table: TableDefinition): RecordValidator {
  const schema = (fieldOf: (column: NamedColumn) => z.ZodType) =>
    z.strictObject(Object.fromEntries(table.columnList.map((column) => [column.property, fieldOf(column)])));
  return {
    whole: schema(insertField),
    partial: schema((column) => updateField(table, column)),
    columns: table.columnList.filter((column) => findInsertProtection(column) === undefined),
  };
}

/** Finds the validator of a table; it is derived once. */
export function recordValidator(table: TableDefinition): RecordValidator {
  const found = known.get(table) ?? makeValidator(table);
  known.set(table, found);
  return found;
}
