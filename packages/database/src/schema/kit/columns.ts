import { text as textField } from "../../validation/input.ts";
import { Column, type OnDelete } from "./column.ts";
import type { ColumnsOf, TableDefinition } from "./table.ts";

type Nullable<Value> = Column<Value, false, true>;

/** The row's number, given by the database. */
export function id(): Column<number, true, true> {
  return new Column({ kind: "id", primaryKey: true, notNull: true });
}

/** A key that the caller chooses. */
export function textId(): Column<string, true, false> {
  return new Column({ kind: "text", primaryKey: true, notNull: true });
}

/** A whole number within ±(2^53 − 1). */
export function integer(): Nullable<number> {
  return new Column({ kind: "integer" });
}

/** A finite floating-point number. */
export function float(): Nullable<number> {
  return new Column({ kind: "float" });
}

/**
 * A line of text.
 * @param length longest value, in characters (code points)
 */
export function string(length: number): Nullable<string> {
  return new Column({ kind: "string", length });
}

/**
 * A line of text that people read: not blank, and without control characters.
 * @param length longest value, in characters (code points)
 */
export function line(length: number): Nullable<string> {
  return string(length).is(textField({ min: 1, max: length }));
}

/** Text without a length limit of its own. */
export function text(): Nullable<string> {
  return new Column({ kind: "text" });
}

export function boolean(): Nullable<boolean> {
  return new Column({ kind: "boolean" });
}

/** A moment, UTC, to the millisecond. */
export function datetime(): Nullable<Date> {
  return new Column({ kind: "datetime" });
}

/** A JSON document. */
export function json<Value>(): Nullable<Value> {
  return new Column({ kind: "json" });
}

/** One of a fixed list of words. */
export function oneOf<const Word extends string>(values: readonly Word[]): Nullable<Word> {
  return new Column({ kind: "enum", values });
}

/** A reference to a row of another table. The foreign key is enforced and indexed. */
export function reference(table: TableDefinition, options: { onDelete: OnDelete }): Nullable<number>;
export function reference<Target extends TableDefinition, Key extends keyof ColumnsOf<Target> & string>(
  table: Target,
  options: { onDelete: OnDelete; column: Key },
): Nullable<ColumnsOf<Target>[Key]["types"]["value"]>;
export function reference(
  table: TableDefinition,
  { onDelete, column = "id" }: { onDelete: OnDelete; column?: string },
): Nullable<unknown> {
  return new Column({ kind: "integer", reference: { table, column, onDelete }, indexed: true });
}
