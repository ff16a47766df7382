import type { KeyRing } from "../../../cryptography/index.ts";
import type { StoredRow, StoredValue } from "../../../engines/port/stored-rows.ts";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import { countCodePoints } from "../../../validation/characters.ts";
import { Adjusted, Fault, type Outcome, readCell } from "./cells.ts";
import { derived, protectionOf } from "./protected-columns.ts";
import type { NewIds } from "./new-ids.ts";
import type { OwningCompanies } from "./owning-companies.ts";
import type { References } from "./references.ts";

/** What is said of a row: which column, and why. */
export interface Note {
  readonly column: string;
  readonly reason: string;
}

/** A row as it can be stored, or why it cannot. */
export interface Converted {
  /** Undefined for a row that has to be left behind. */
  readonly row: StoredRow | undefined;
  /** Why it was left behind, or what was changed. */
  readonly notes: readonly Note[];
}

interface Circumstances {
  readonly table: TableDefinition;
  /** The columns that the source has, in the order of its rows. */
  readonly present: readonly string[];
  readonly keys: KeyRing;
  readonly now: Date;
  readonly references: References;
  readonly newIds: NewIds;
  readonly companies: OwningCompanies;
  /** Whether a text that holds replacement characters was damaged before it was decoded. */
  readonly isDamaged: (column: string, raw: readonly unknown[]) => boolean;
}

/** Reads a column of a row, whose columns before are known: its id is the first. */
type ReadColumn = (raw: readonly unknown[], row: StoredRow) => Outcome | Promise<Outcome>;

const replacementCharacter = "\uFFFD";

/** Makes the function that converts the rows of a table. */
export function rowConverter(circumstances: Circumstances): (raw: readonly unknown[]) => Promise<Converted> {
  const { table, present, references, companies, now } = circumstances;
  const readers = table.columnList.map((column) => columnReader(column, circumstances));
  return async (raw) => {
    const row: StoredRow = [];
    const notes: Note[] = [];
    for (const [index, column] of table.columnList.entries()) {
      // Only the few columns that are hashed slowly are worth waiting for.
      let outcome = readers[index]?.(raw, row) ?? null;
      if (outcome instanceof Promise) outcome = await outcome;
      outcome = references.resolve(column, outcome);
      if (outcome instanceof Fault) return { row: undefined, notes: [{ column: column.name, reason: outcome.reason }] };
      if (outcome instanceof Adjusted) notes.push({ column: column.name, reason: outcome.reason });
      row.push(outcome instanceof Adjusted ? outcome.value : outcome);
    }
    companies.fill(table, present, row);
    fillDerived(table, row, now);
    return { row, notes };
  };
}

function fillDerived({ name, columnList }: TableDefinition, row: StoredRow, now: Date): void {
  for (const [index, column] of columnList.entries()) {
    const derive = derived[`${name}.${column.name}`];
    if (derive === undefined) continue;
    row[index] = derive(new Map(columnList.map((other, position) => [other.name, row[position] ?? null])), now);
  }
}

function columnReader(column: NamedColumn, circumstances: Circumstances): ReadColumn {
  const { table, present, keys, now, newIds, isDamaged } = circumstances;
  const position = present.indexOf(column.name);
  const keyPosition = table.columnList.findIndex(({ primaryKey }) => primaryKey === true);
  if (position === -1) {
    const value = valueOfMissing(column, now);
    return () => value;
  }
  const protect = protectionOf(table.name, column);
  // What is protected may be stored longer or shorter than it was; its form is checked after.
  const source = protect === undefined || column.kind === "json" ? column : withoutLength(column);
  return (raw, row) => {
    const value = raw[position];
    if (typeof value === "string" && value.includes(replacementCharacter) && isDamaged(column.name, raw)) {
      return new Fault("is not UTF-8");
    }
    const outcome = newIds.resolve(table, column, { raw, present }) ?? readCell(source, value);
    if (protect === undefined || typeof outcome !== "string") return outcome;
    const protectedValue = protect(outcome, keys, row[keyPosition] ?? undefined);
    return protectedValue instanceof Promise
      ? protectedValue.then((awaited) => checkLength(column, awaited))
      : checkLength(column, protectedValue);
  };
}

function withoutLength(column: NamedColumn): NamedColumn {
  const { length: _, ...rest } = column;
  return rest;
}

function checkLength({ length }: NamedColumn, outcome: Outcome): Outcome {
  const value = outcome instanceof Adjusted ? outcome.value : outcome;
  if (length === undefined || typeof value !== "string" || countCodePoints(value) <= length) return outcome;
  return new Fault(`is longer than ${length} characters`);
}

/** What a column gets that the source does not have. */
function valueOfMissing(column: NamedColumn, now: Date): Outcome {
  const value = column.default ?? (column.stamped === undefined ? null : now.getTime());
  if (value === null && column.notNull === true) return new Fault("is required, and the source has no such column");
  return typeof value === "boolean" ? Number(value) : (value satisfies StoredValue);
}
