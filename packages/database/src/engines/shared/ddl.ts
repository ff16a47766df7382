import { columnNamed, type IndexDefinition, type NamedColumn, type TableDefinition } from "../../schema/kit/index.ts";

/** An index as it is created: what the columns and the table ask for, with its name. */
export interface NamedIndex {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  /** Column names in SQL. */
  readonly columns: readonly string[];
  readonly ignoringCase: boolean;
  /** Its first key is the company of the row. */
  readonly perCompany: boolean;
  /** Rows that the index holds: all, those not soft-deleted, or only those that are. */
  readonly rows: "all" | "live" | "deleted";
}

const softDeleteColumn = "deleted_at";

function rowsFor(table: TableDefinition, column: NamedColumn): NamedIndex["rows"] {
  if (column.name === softDeleteColumn) return "deleted";
  // The engine looks up a foreign key's children whatever their state, which a partial index cannot serve.
  if (column.reference !== undefined || columnNamed(table, softDeleteColumn) === undefined) return "all";
  return "live";
}

function isCovered(table: TableDefinition, column: NamedColumn): boolean {
  return table.indexes.some(({ columns, liveRowsOnly }) => columns[0] === column.name && liveRowsOnly !== true);
}

function columnIndex(table: TableDefinition, column: NamedColumn): NamedIndex | undefined {
  const base = { table: table.name, columns: [column.name], perCompany: false };
  if (column.unique !== undefined) {
    const ignoringCase = column.unique === "ignoring case";
    return { ...base, name: `${table.name}_${column.name}_key`, unique: true, ignoringCase, rows: "all" };
  }
  if (column.indexed !== true || isCovered(table, column)) return undefined;
  const name = `${table.name}_${column.name}_index`;
  return { ...base, name, unique: false, ignoringCase: false, rows: rowsFor(table, column) };
}

function tableIndex(table: TableDefinition, index: IndexDefinition): NamedIndex {
  const ofColumns = `${index.perCompany === true ? "company_id_" : ""}${index.columns.join("_")}`;
  return {
    name: index.name ?? `${table.name}_${ofColumns}_${index.unique === true ? "key" : "index"}`,
    table: table.name,
    unique: index.unique === true,
    columns: index.columns,
    ignoringCase: index.ignoringCase === true,
    perCompany: index.perCompany === true,
    rows: index.liveRowsOnly === true ? "live" : "all",
  };
}

/** Lists the indexes of a table, primary key aside. */
export function indexesOf(table: TableDefinition): NamedIndex[] {
  const fromColumns = table.columnList.map((column) => columnIndex(table, column));
  return [
    ...fromColumns.filter((index) => index !== undefined),
    ...table.indexes.map((index) => tableIndex(table, index)),
  ];
}

/** The index of a JSON column whose members rows are found by. Each engine makes it in a way of its own. */
export interface NamedSearch {
  readonly name: string;
  readonly table: string;
  /** Column name in SQL. */
  readonly column: string;
}

/** Lists the JSON columns of a table that are searched. */
export function searchesOf(table: TableDefinition): NamedSearch[] {
  return table.columnList
    .filter(({ searched }) => searched === true)
    .map(({ name }) => ({ name: `${table.name}_${name}_search`, table: table.name, column: name }));
}

/** Quotes a name for SQL, as both engines take it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text as an SQL literal, as both engines take it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes the statement that creates an index; the text is the same on both engines. */
export function createIndexStatement(index: NamedIndex): string {
  const columns = index.columns.map((column, position) =>
    index.ignoringCase && position === 0 ? `lower(${quoteName(column)})` : quoteName(column),
  );
  // Null is no value to a unique index, and rows of no company have to be told apart as well.
  const keys = index.perCompany ? [`coalesce(${quoteName("company_id")}, 0)`, ...columns] : columns;
  const condition = { all: "", live: ` WHERE "deleted_at" IS NULL`, deleted: ` WHERE "deleted_at" IS NOT NULL` };
  const kind = index.unique ? "UNIQUE INDEX" : "INDEX";
  return `CREATE ${kind} ${quoteName(index.name)} ON ${quoteName(index.table)} (${keys.join(", ")})${condition[index.rows]}`;
}

/** A foreign key by the names of its columns in SQL. */
export interface NamedReference {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly onDelete: string;
}

function namedReference({ name, reference }: NamedColumn): NamedReference | undefined {
  if (reference === undefined) return undefined;
  const { table, column, onDelete } = reference;
  const target = table.columnList.find(({ property }) => property === column);
  if (target === undefined) throw new TypeError(`${name} refers to an unknown column ${column}`);
  return { column: name, parent: table.name, parentColumn: target.name, onDelete };
}

/** Lists the foreign keys of a table. */
export function referencesOf(table: TableDefinition): NamedReference[] {
  return table.columnList.map(namedReference).filter((reference) => reference !== undefined);
}

/** Writes a foreign key as part of a column; the text is the same on both engines. */
export function referenceClause(column: NamedColumn): string {
  const reference = namedReference(column);
  if (reference === undefined) return "";
  const { parent, parentColumn, onDelete } = reference;
  return ` REFERENCES ${quoteName(parent)} (${quoteName(parentColumn)}) ON DELETE ${onDelete.toUpperCase()}`;
}

/** Writes the conditions on whole rows as lines of `CREATE TABLE`; the text is the same on both engines. */
export function checkClauses({ checks }: TableDefinition): string[] {
  return checks.map(({ name, sql }) => `CONSTRAINT ${quoteName(name)} CHECK (${sql})`);
}
