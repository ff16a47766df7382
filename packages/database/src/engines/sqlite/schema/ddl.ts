import type { ColumnKind, NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import {
  checkClauses,
  createIndexStatement,
  indexesOf,
  quoteName,
  quoteText,
  referenceClause,
  searchesOf,
} from "../../shared/ddl.ts";
import { createSearchStatements } from "./json-search.ts";

const storage: Record<ColumnKind, string> = {
  id: "INTEGER",
  integer: "INTEGER",
  float: "REAL",
  string: "TEXT",
  text: "TEXT",
  boolean: "INTEGER",
  datetime: "INTEGER",
  json: "TEXT",
  enum: "TEXT",
};

/** The type that a column is stored as. */
export function storageType({ kind }: NamedColumn): string {
  return storage[kind];
}

function check(column: NamedColumn): string {
  const name = quoteName(column.name);
  switch (column.kind) {
    case "string":
      return ` CHECK (length(${name}) <= ${column.length})`;
    case "boolean":
      return ` CHECK (${name} IN (0, 1))`;
    case "json":
      return ` CHECK (json_valid(${name}))`;
    case "enum":
      return ` CHECK (${name} IN (${(column.values ?? []).map(quoteText).join(", ")}))`;
    default:
      return "";
  }
}

/** Writes the default of a column. */
export function defaultLiteral(value: string | number | boolean): string {
  return typeof value === "string" ? quoteText(value) : String(Number(value));
}

/** Writes a column as it stands in `CREATE TABLE` and `ADD COLUMN`. */
export function columnClause(column: NamedColumn): string {
  const parts = [quoteName(column.name), " ", storageType(column)];
  if (column.primaryKey === true) parts.push(" PRIMARY KEY");
  if (column.notNull === true && column.kind !== "id") parts.push(" NOT NULL");
  if (column.default !== undefined) parts.push(` DEFAULT ${defaultLiteral(column.default)}`);
  return [...parts, check(column), referenceClause(column)].join("");
}

/** Writes the statements that create a table and its indexes on SQLite. */
export function createTableStatements(table: TableDefinition): string[] {
  const lines = [...table.columnList.map(columnClause), ...checkClauses(table)].map((line) => `  ${line}`).join(",\n");
  return [
    `CREATE TABLE ${quoteName(table.name)} (\n${lines}\n) STRICT`,
    ...indexesOf(table).map(createIndexStatement),
    ...searchesOf(table).flatMap(createSearchStatements),
  ];
}
