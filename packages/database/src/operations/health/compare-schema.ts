import type { ColumnState, ForeignKeyState, IndexState, TableState } from "../../engines/port/upkeep.ts";

/** What can be wrong with a table. */
export type TableErrorKind =
  | "table-missing"
  | "column-missing"
  | "column-differs"
  | "index-missing"
  | "index-differs"
  | "index-unusable"
  | "foreign-key-missing"
  | "foreign-key-differs"
  | "constraint-unvalidated"
  | "object-unknown"
  | "damaged"
  | "unreadable";

export interface TableError {
  /** Undefined where the fault is no single table's. */
  readonly table?: string;
  readonly kind: TableErrorKind;
  readonly message: string;
}

/**
 * Compares tables as they are with what the definitions ask for. Tables, columns and indexes beyond those are the
 * owner's business.
 */
export function compareSchema(expected: readonly TableState[], actual: readonly TableState[]): TableError[] {
  const byName = new Map(actual.map((table) => [table.name, table]));
  return expected.flatMap((table) => {
    const found = byName.get(table.name);
    if (found !== undefined) return compareTable(table, found);
    return [{ table: table.name, kind: "table-missing" as const, message: `The table ${table.name} is missing.` }];
  });
}

function compareTable(expected: TableState, actual: TableState): TableError[] {
  const say = (kind: TableErrorKind, message: string): TableError => ({ table: expected.name, kind, message });
  return [
    ...compareParts(expected.columns, actual.columns, ({ name }) => name, columnDifference).map(
      ({ name, difference }) =>
        difference === undefined
          ? say("column-missing", `The column ${name} is missing.`)
          : say("column-differs", `The column ${name} ${difference}.`),
    ),
    ...compareParts(expected.indexes, actual.indexes, ({ name }) => name, indexDifference).map(
      ({ name, difference }) =>
        difference === undefined
          ? say("index-missing", `The index ${name} is missing.`)
          : say("index-differs", `The index ${name} ${difference}.`),
    ),
    ...compareParts(expected.foreignKeys, actual.foreignKeys, ({ column }) => column, foreignKeyDifference).map(
      ({ name, difference }) =>
        difference === undefined
          ? say("foreign-key-missing", `The foreign key of ${name} is missing.`)
          : say("foreign-key-differs", `The foreign key of ${name} ${difference}.`),
    ),
    ...actual.indexes
      .filter(({ usable }) => !usable)
      .map(({ name }) => say("index-unusable", `The index ${name} was left unfinished and is not used.`)),
    ...actual.unvalidated.map((name) =>
      say("constraint-unvalidated", `Rows older than the constraint ${name} were never held to it.`),
    ),
  ];
}

/** Pairs parts by name; a part that is missing has no difference. */
function compareParts<Part>(
  expected: readonly Part[],
  actual: readonly Part[],
  nameOf: (part: Part) => string,
  difference: (expected: Part, actual: Part) => string | undefined,
): { name: string; difference: string | undefined }[] {
  const byName = new Map(actual.map((part) => [nameOf(part), part]));
  return expected.flatMap((part): { name: string; difference: string | undefined }[] => {
    const name = nameOf(part);
    const found = byName.get(name);
    if (found === undefined) return [{ name, difference: undefined }];
    const differs = difference(part, found);
    return differs === undefined ? [] : [{ name, difference: differs }];
  });
}

function columnDifference(expected: ColumnState, actual: ColumnState): string | undefined {
  if (expected.type !== actual.type) return `is ${actual.type} and should be ${expected.type}`;
  if (expected.notNull !== actual.notNull) {
    return expected.notNull ? "may be null and should not" : "may not be null and should";
  }
  if (expected.primaryKey !== actual.primaryKey) {
    return expected.primaryKey
      ? "is not the primary key and should be"
      : "is part of the primary key and should not be";
  }
  return expected.default === actual.default ? undefined : "has another default than its definition";
}

function indexDifference(expected: IndexState, actual: IndexState): string | undefined {
  return expected.definition === actual.definition ? undefined : "holds something else than its definition says";
}

function foreignKeyDifference(expected: ForeignKeyState, actual: ForeignKeyState): string | undefined {
  if (expected.parent !== actual.parent || expected.parentColumn !== actual.parentColumn) {
    return `refers to ${actual.parent} and should refer to ${expected.parent}`;
  }
  if (expected.onDelete === actual.onDelete) return undefined;
  return `is "${actual.onDelete}" on delete and should be "${expected.onDelete}"`;
}
