import type { z } from "zod";
import type { TableDefinition } from "./table.ts";

/** What a column holds; each engine has one storage type for each kind. */
export type ColumnKind = "id" | "integer" | "float" | "string" | "text" | "boolean" | "datetime" | "json" | "enum";

/** What happens to the row when the row it refers to is deleted. */
export type OnDelete = "cascade" | "set null" | "restrict";

/** How carefully a column is handled: what may be shown, and how it is stored. */
export type Sensitivity = "digest" | "encrypted" | "password" | "secret" | "harvested" | "personal";

/** The sensitivities of columns that leave the database only where a statement names them. */
export type HiddenSensitivity = Exclude<Sensitivity, "personal">;

/** A foreign key. */
export interface Reference {
  readonly table: TableDefinition;
  /** Property name of the column referred to. */
  readonly column: string;
  readonly onDelete: OnDelete;
}

/** Everything that is known of a column, as data. */
export interface ColumnProperties {
  readonly kind: ColumnKind;
  /** Name in SQL, where it is not the property's name in snake_case. */
  readonly sqlName?: string;
  /** Longest string, in characters. */
  readonly length?: number;
  /** Allowed values of an enum. */
  readonly values?: readonly string[];
  readonly primaryKey?: boolean;
  readonly notNull?: boolean;
  readonly default?: string | number | boolean;
  /** When the layer writes the clock's time into it. */
  readonly stamped?: "on insert" | "on insert and update";
  readonly unique?: "exact" | "ignoring case";
  readonly indexed?: boolean;
  /** A JSON document that rows are found by: by the members of the object that it is. */
  readonly searched?: boolean;
  readonly reference?: Reference;
  readonly sensitivity?: Sensitivity;
  /** What a value has to be to be written, beyond its kind; null apart, which `notNull` decides. */
  readonly rule?: z.ZodType;
  /** The rule in words, for the documents. */
  readonly note?: string;
}

declare const stampedMark: unique symbol;

/** Marks, for the types alone, a column that the layer fills with the clock's time. */
export interface Stamped {
  readonly [stampedMark]: true;
}

/**
 * A column under definition. Immutable: each method returns a new column.
 *
 * The type parameters are what the row types are derived from: the value, whether it may be absent from a row (null),
 * whether an insert may leave it out, the name in SQL where the definition gives one, and whether it is hidden.
 */
export class Column<
  Value,
  NotNull extends boolean,
  Optional extends boolean,
  SqlName extends string = never,
  Hidden extends boolean = false,
> {
  declare readonly types: { value: Value; notNull: NotNull; optional: Optional; sqlName: SqlName; hidden: Hidden };
  readonly properties: ColumnProperties;

  constructor(properties: ColumnProperties) {
    this.properties = properties;
  }

  #with(more: Partial<ColumnProperties>): this {
    return new Column({ ...this.properties, ...more }) as this;
  }

  /** Every row has a value. */
  notNull(): Column<
    Value,
    true,
    Optional extends true ? (NotNull extends true ? true : false) : false,
    SqlName,
    Hidden
  > {
    return this.#with({ notNull: true }) as never;
  }

  /** The database fills in this value where an insert leaves the column out. */
  default(value: Value & (string | number | boolean)): Column<Value, NotNull, true, SqlName, Hidden> {
    return this.#with({ default: value }) as never;
  }

  /** No two rows have the same value. */
  unique(): this {
    return this.#with({ unique: "exact" });
  }

  /** No two rows have values that differ only in case. */
  uniqueIgnoringCase(): this {
    return this.#with({ unique: "ignoring case" });
  }

  /** Looked up by this column; on tables with soft delete the index holds live rows only. */
  indexed(): this {
    return this.#with({ indexed: true });
  }

  /**
   * For JSON: rows are found by members of the document, newest first. Objects are searched at their top level, members
   * that are strings of up to 255 characters, numbers, booleans and null, under keys of up to 100 characters. The table has
   * an `id` and a `createdAt`.
   */
  searched(): this {
    return this.#with({ searched: true });
  }

  /** The layer writes the clock's time into it at insert, and at each update where `onUpdate` says so. */
  stamped({ onUpdate = false }: { onUpdate?: boolean } = {}): this & Stamped {
    return this.#with({ stamped: onUpdate ? "on insert and update" : "on insert" }) as this & Stamped;
  }

  /** How carefully it is handled; `isVisible` tells which columns of these leave. */
  sensitive<S extends Sensitivity>(
    sensitivity: S,
  ): Column<Value, NotNull, Optional, SqlName, S extends HiddenSensitivity ? true : Hidden> {
    return this.#with({ sensitivity }) as never;
  }

  /**
   * What a value has to be to be written, instead of what its kind alone asks: an input is read by this field, and what
   * the field makes of it (a normal form) is stored. What is stored already may be older than the rule.
   */
  is(rule: z.ZodType<Value, Value>): this {
    return this.#with({ rule });
  }

  /** Says in the documents what the definition cannot show. */
  note(note: string): this {
    return this.#with({ note });
  }

  /** Its name in SQL, where that is not the property's name in snake_case. */
  named<Name extends string>(sqlName: Name): Column<Value, NotNull, Optional, Name, Hidden> {
    return this.#with({ sqlName }) as never;
  }
}

/** Any column. */
export type AnyColumn = Column<unknown, boolean, boolean, string, boolean>;
