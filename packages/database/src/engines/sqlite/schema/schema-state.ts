import type { DatabaseSync } from "node:sqlite";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { createIndexStatement, indexesOf, type NamedSearch, referencesOf, searchesOf } from "../../shared/ddl.ts";
import type { ColumnState, ForeignKeyState, IndexState, TableState } from "../../port/upkeep.ts";
import { defaultLiteral, storageType } from "./ddl.ts";
import { createSearchStatements, partsOf, searchesNamed, servedBy } from "./json-search.ts";

const ownTables = `t."type" = 'table' AND t."name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

const columnsQuery = `
  SELECT t."name" AS "table", c."name", c."type", c."notnull", c."pk", c."dflt_value"
  FROM "sqlite_schema" AS t JOIN pragma_table_xinfo(t."name") AS c WHERE ${ownTables}`;
const indexesQuery = `
  SELECT "tbl_name" AS "table", "name", "sql" FROM "sqlite_schema" WHERE "type" = 'index' AND "sql" IS NOT NULL`;
const foreignKeysQuery = `
  SELECT t."name" AS "table", k."from", k."table" AS "parent", k."to", k."on_delete"
  FROM "sqlite_schema" AS t JOIN pragma_foreign_key_list(t."name") AS k WHERE ${ownTables}`;

/** Quotes, case and white space tell no two of our indexes apart. */
function indexDefinition(sql: string): string {
  return sql.replaceAll('"', "").replaceAll(/\s+/g, " ").trim().toLowerCase();
}

type Row = Record<string, unknown>;

function toColumn(row: Row): ColumnState {
  return {
    name: String(row["name"]),
    type: String(row["type"]),
    notNull: row["notnull"] === 1,
    primaryKey: row["pk"] !== 0,
    default: row["dflt_value"] as string | null,
  };
}

function toIndex(row: Row): IndexState {
  return { name: String(row["name"]), definition: indexDefinition(String(row["sql"])), usable: true };
}

function toForeignKey(row: Row): ForeignKeyState {
  return {
    column: String(row["from"]),
    parent: String(row["parent"]),
    parentColumn: String(row["to"]),
    onDelete: String(row["on_delete"]).toLowerCase(),
  };
}

/** Lists the names of the tables; those that are an index of another are none. */
export function tableNames(database: DatabaseSync): string[] {
  const rows = database.prepare(`SELECT "name" FROM "sqlite_schema" AS t WHERE ${ownTables} ORDER BY "name"`).all();
  return rows.map(({ name }) => String(name)).filter((name) => servedBy(name) === undefined);
}

/** The index of a JSON column is one index, of however many parts; undefined when not one of them is there. */
function readSearch(database: DatabaseSync, search: NamedSearch): IndexState | undefined {
  const read = database.prepare(`SELECT "sql" FROM "sqlite_schema" WHERE "name" = ?`);
  const found = partsOf(search).flatMap(({ name }) => read.all(name).map(({ sql }) => String(sql)));
  return found.length === 0 ? undefined : searchState(search, found);
}

function searchState({ name }: NamedSearch, statements: readonly string[]): IndexState {
  return { name, definition: indexDefinition(statements.join("; ")), usable: true };
}

/** Reads the schema as it is. */
export function readSchema(database: DatabaseSync): TableState[] {
  const byTable = (query: string) => Map.groupBy(database.prepare(query).all(), (row) => String(row["table"]));
  const [columns, indexes, foreignKeys] = [columnsQuery, indexesQuery, foreignKeysQuery].map(byTable);
  return tableNames(database).map((name) => ({
    name,
    columns: (columns?.get(name) ?? []).map(toColumn),
    indexes: [
      ...(indexes?.get(name) ?? []).map(toIndex),
      ...searchesNamed(name).flatMap((search) => readSearch(database, search) ?? []),
    ],
    foreignKeys: (foreignKeys?.get(name) ?? []).map(toForeignKey),
    unvalidated: [],
  }));
}

/** The state that a definition asks for. */
export function expectedTable(table: TableDefinition): TableState {
  return {
    name: table.name,
    columns: table.columnList.map((column) => ({
      name: column.name,
      type: storageType(column),
      notNull: column.notNull === true && column.kind !== "id",
      primaryKey: column.primaryKey === true,
      default: column.default === undefined ? null : defaultLiteral(column.default),
    })),
    indexes: [
      ...indexesOf(table).map((index) => ({
        name: index.name,
        definition: indexDefinition(createIndexStatement(index)),
        usable: true,
      })),
      ...searchesOf(table).map((search) => searchState(search, createSearchStatements(search))),
    ],
    foreignKeys: referencesOf(table),
    unvalidated: [],
  };
}
