import {
  indexesOf,
  type NamedIndex,
  type NamedSearch,
  searchesOf,
} from "../../packages/database/src/engines/shared/ddl.ts";
import { storageType as postgresType } from "../../packages/database/src/engines/postgres/schema/ddl.ts";
import { storageType as sqliteType } from "../../packages/database/src/engines/sqlite/schema/ddl.ts";
import { type NamedColumn, type TableDefinition, toCamelCase } from "../../packages/database/src/schema/kit/index.ts";
import { columnsBeyond } from "./original.ts";

const code = (text: string) => `\`${text}\``;

function printReference({ reference }: NamedColumn): string | undefined {
  if (reference === undefined) return undefined;
  const target = reference.table.columnList.find(({ property }) => property === reference.column);
  const action = reference.onDelete.toUpperCase();
  return `references [\`${reference.table.name}.${target?.name}\`](#${reference.table.name}), on delete ${action}`;
}

function listRules(column: NamedColumn): string[] {
  const stamps = { "on insert": "set at insert", "on insert and update": "set at each change" };
  return [
    column.primaryKey === true ? "primary key" : undefined,
    column.unique === undefined ? undefined : column.unique === "exact" ? "unique" : "unique whatever its case",
    column.length === undefined ? undefined : `at most ${column.length} characters`,
    column.values === undefined ? undefined : `one of ${column.values.map(code).join(", ")}`,
    column.kind === "json" ? "a JSON document" : undefined,
    column.note,
    column.stamped === undefined ? undefined : stamps[column.stamped],
    printReference(column),
    toCamelCase(column.name) === column.property ? undefined : `property ${code(column.property)}`,
  ].filter((rule) => rule !== undefined);
}

function printColumn(column: NamedColumn, isBeyond: boolean): string {
  const cells = [
    code(column.name) + (isBeyond ? " ⁺" : ""),
    sqliteType(column),
    postgresType(column),
    column.notNull === true ? "no" : "yes",
    column.default === undefined ? "" : code(JSON.stringify(column.default)),
    listRules(column).join("; "),
    column.sensitivity ?? "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function printIndex({ name, columns, unique, ignoringCase, rows }: NamedIndex): string {
  const rowWords = { all: "", live: ", live rows", deleted: ", deleted rows" };
  const kind = unique ? ", unique" : "";
  return `- ${code(name)} on ${columns.map(code).join(", ")}${kind}${ignoringCase ? ", whatever the case" : ""}${rowWords[rows]}`;
}

function printSearch({ name, column }: NamedSearch): string {
  return `- ${code(name)} on the members of ${code(column)}`;
}

function listReferrers(table: TableDefinition, all: readonly TableDefinition[]): string[] {
  return all.flatMap(({ name, columnList }) =>
    columnList
      .filter(({ reference }) => reference?.table === table)
      .map((column) => `[\`${name}.${column.name}\`](#${name})`),
  );
}

/** Writes the section of one table. */
export function printTable(table: TableDefinition, all: readonly TableDefinition[]): string {
  const beyond = new Set(columnsBeyond(table));
  const mark = table.module === "system" ? new Set<string>() : beyond;
  const indexes = [...indexesOf(table).map(printIndex), ...searchesOf(table).map(printSearch)];
  const referrers = listReferrers(table, all);
  return [
    `### ${table.name}`,
    table.description,
    [
      "| Column | SQLite | PostgreSQL | Null | Default | Rules | Sensitivity |",
      "|---|---|---|---|---|---|---|",
      ...table.columnList.map((column) => printColumn(column, mark.has(column.name))),
    ].join("\n"),
    ...(mark.size === 0 ? [] : ["⁺ beyond the original's columns"]),
    ...(table.bound === undefined ? [] : [`What bounds it: ${table.bound}`]),
    ...(indexes.length === 0 ? [] : ["Indexes besides the primary key's:", indexes.join("\n")]),
    ...(referrers.length === 0 ? [] : [`Referred to by ${referrers.join(", ")}.`]),
  ].join("\n\n");
}
