import type { TableDefinition } from "../../../schema/kit/index.ts";
import { createIndexStatement, indexesOf, referencesOf, searchesOf } from "../../shared/ddl.ts";
import type { ColumnState, ForeignKeyState, IndexState, TableState } from "../../port/upkeep.ts";
import { createSearchStatement, defaultLiteral, storageType } from "./ddl.ts";

/** Runs a query and returns its rows by the names of their columns. */
export type Select = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

const ours = "c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')";

const tablesQuery = `SELECT c.relname AS name FROM pg_class c WHERE ${ours} ORDER BY 1`;
const columnsQuery = `
  SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
    pg_get_expr(d.adbin, d.adrelid) AS "default",
    EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)) AS "primaryKey"
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE ${ours} ORDER BY c.relname, a.attnum`;
const indexesQuery = `
  SELECT c.relname AS "table", x.relname AS name, i.indisvalid AS usable,
    replace(pg_get_indexdef(x.oid), ' ON ' || quote_ident(current_schema()) || '.', ' ON ') AS definition
  FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
  WHERE ${ours} AND NOT i.indisprimary`;
const constraintsQuery = `
  SELECT c.relname AS "table", k.conname AS name, k.contype AS kind, k.convalidated AS validated, p.relname AS parent,
    (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]) AS column,
    (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]) AS "parentColumn",
    CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'r' THEN 'restrict' ELSE 'no action' END AS "onDelete"
  FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid LEFT JOIN pg_class p ON p.oid = k.confrelid
  WHERE ${ours}`;

interface OfTable {
  readonly table: string;
}
interface ConstraintRow extends OfTable, ForeignKeyState {
  readonly name: string;
  readonly kind: string;
  readonly validated: boolean;
}

const shortTypes: Readonly<Record<string, string>> = { "timestamp with time zone": "timestamptz" };

function typeName(type: string): string {
  return shortTypes[type] ?? type.replace("character varying", "varchar");
}

/** `'user'::character varying` → `'user'`, `'-1'::integer` → `-1`. */
function plainDefault(text: string | null): string | null {
  if (text === null) return null;
  const literal = text.replace(/::[a-z ]+(?:\(\d+\))?$/, "");
  return /^'-?\d+'$/.test(literal) && literal !== text ? literal.slice(1, -1) : literal;
}

/** Quotes, parentheses, type casts and what is so unless said otherwise tell no two of our indexes apart. */
function indexDefinition(sql: string): string {
  const bare = sql.replace(" USING btree", "").replaceAll(/::(?:text|character varying|varchar|bigint)\b/g, "");
  return bare
    .replaceAll('"', "")
    .replaceAll(/[()\s]+/g, " ")
    .trim()
    .toLowerCase();
}

/** Reads the schema as it is. */
export async function readSchema(select: Select): Promise<TableState[]> {
  const names = await select<{ name: string }>(tablesQuery);
  const columns = Map.groupBy(await select<OfTable & ColumnState>(columnsQuery), ({ table }) => table);
  const indexes = Map.groupBy(await select<OfTable & IndexState>(indexesQuery), ({ table }) => table);
  const constraints = Map.groupBy(await select<ConstraintRow>(constraintsQuery), ({ table }) => table);
  return names.map(({ name }) => {
    const ofTable = constraints.get(name) ?? [];
    return {
      name,
      columns: (columns.get(name) ?? []).map((column) => ({
        ...column,
        type: typeName(column.type),
        default: plainDefault(column.default),
      })),
      indexes: (indexes.get(name) ?? []).map((index) => ({ ...index, definition: indexDefinition(index.definition) })),
      foreignKeys: ofTable.filter(({ kind }) => kind === "f"),
      unvalidated: ofTable.filter(({ validated }) => !validated).map((constraint) => constraint.name),
    };
  });
}

function expectedIndex(name: string, statement: string): IndexState {
  return { name, definition: indexDefinition(statement), usable: true };
}

/** The state that a definition asks for. */
export function expectedTable(table: TableDefinition): TableState {
  return {
    name: table.name,
    columns: table.columnList.map((column) => ({
      name: column.name,
      type: storageType(column),
      notNull: column.notNull === true || column.primaryKey === true,
      primaryKey: column.primaryKey === true,
      default: column.default === undefined ? null : defaultLiteral(column.default),
    })),
    indexes: [
      ...indexesOf(table).map((index) => expectedIndex(index.name, createIndexStatement(index))),
      ...searchesOf(table).map((search) => expectedIndex(search.name, createSearchStatement(search))),
    ],
    foreignKeys: referencesOf(table),
    unvalidated: [],
  };
}
