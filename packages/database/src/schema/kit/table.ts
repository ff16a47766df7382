import type { AnyColumn, ColumnKind, ColumnProperties } from "./column.ts";
import { toSnakeCase } from "./names.ts";

/** The columns of a table by their property names. */
export type Columns = Readonly<Record<string, AnyColumn>>;

/** The modules that the tables belong to, in the order in which they are created. */
export const moduleNames = [
  "core",
  "security",
  "ghost",
  "osint",
  "surface",
  "compliance",
  "roadmap",
  "bait",
  "files",
  "system",
] as const;
export type ModuleName = (typeof moduleNames)[number];

/** A column with its names. */
export interface NamedColumn extends ColumnProperties {
  /** Name in TypeScript: `userId`. */
  readonly property: string;
  /** Name in SQL: `user_id`. */
  readonly name: string;
}

/** An index beyond those that single columns ask for. */
export interface IndexDefinition {
  /** Column names in SQL. */
  readonly columns: readonly string[];
  /** A name of its own, where the columns make one of more than the 63 characters that PostgreSQL keeps. */
  readonly name?: string;
  /** Only rows that are not soft-deleted. */
  readonly liveRowsOnly?: boolean;
  /** The first column is compared whatever its case. */
  readonly ignoringCase?: boolean;
  readonly unique?: boolean;
  /** Rows are told apart within their company only; those of no company count as one company more. */
  readonly perCompany?: boolean;
}

/** A condition that every row of a table holds. */
export interface CheckDefinition {
  readonly name: string;
  /** The same text on both engines. */
  readonly sql: string;
  /** The text that PostgreSQL gives back of it, quotes, parentheses and casts aside, by which the check is known again. */
  readonly shown: string;
}

/** A table as data. */
export interface TableDefinition<Name extends string = string, C extends Columns = Columns> {
  readonly name: Name;
  readonly module: ModuleName;
  /** What a row is, in a sentence. */
  readonly description: string;
  /** Columns by property name. */
  readonly columns: C;
  /** Columns in order, with both names. */
  readonly columnList: readonly NamedColumn[];
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckDefinition[];
  /** What one row is called in documents of an interface, in the singular: `Company`. */
  readonly rowName?: string;
  /** What a row is as it leaves, where hidden columns make that another sentence than `description`. */
  readonly rowDescription?: string;
  /** Its rows may be lost when the server crashes, so that PostgreSQL need not write each change to its log as well. */
  readonly unlogged: boolean;
  /** Whether the original system has it, so that an import from there has to bring it. */
  readonly inOriginal: boolean;
  /**
   * What keeps a company or a user from filling it, in a sentence: how many rows of whom, or for how long. For tables that somebody's
   * requests put rows into and that no quota counts; a test asks for it.
   */
  readonly bound?: string;
}

export type ColumnsOf<T> = T extends TableDefinition<string, infer C> ? C : never;

/** The kind under which a column is stored: a reference is stored as what it refers to. */
function storedKind(properties: ColumnProperties): ColumnKind {
  const { reference } = properties;
  if (reference === undefined) return properties.kind;
  const target = reference.table.columns[reference.column]?.properties.kind;
  return target === undefined || target === "id" ? "integer" : target;
}

/** What is said of a table as a whole. */
interface TableOptions extends Pick<
  TableDefinition,
  "module" | "description" | "rowName" | "rowDescription" | "bound"
> {
  readonly indexes?: readonly IndexDefinition[];
  readonly checks?: readonly CheckDefinition[];
  readonly unlogged?: true;
  readonly inOriginal?: false;
}

/**
 * Defines a table.
 * @param name name in SQL
 * @param options the module, a sentence on what a row is, what a row is called, further indexes, whether its rows may be
 *   lost in a crash, whether the original system has it, and what keeps anybody from filling it
 * @param columns columns by property name
 */
export function table<const Name extends string, C extends Columns>(
  name: Name,
  options: TableOptions,
  columns: C,
): TableDefinition<Name, C> {
  const columnList = Object.entries(columns).map(([property, { properties }]) => ({
    ...properties,
    kind: storedKind(properties),
    property,
    name: properties.sqlName ?? toSnakeCase(property),
  }));
  return { unlogged: false, inOriginal: true, indexes: [], checks: [], ...options, name, columns, columnList };
}

/** Finds a column by its name in SQL. */
export function columnNamed(definition: TableDefinition, name: string): NamedColumn | undefined {
  return definition.columnList.find((column) => column.name === name);
}

/** The column that rows are named by. */
export function primaryKeyOf(definition: TableDefinition): NamedColumn {
  const key = definition.columnList.find(({ primaryKey }) => primaryKey === true);
  if (key === undefined) throw new TypeError(`${definition.name} has no primary key`);
  return key;
}

/** The column that tells when a row was last changed; undefined where none does. */
export function changeStampOf(definition: TableDefinition): NamedColumn | undefined {
  return definition.columnList.find(({ stamped }) => stamped === "on insert and update");
}
