import type { ColumnType } from "kysely";
import type { AnyColumn, Stamped } from "./column.ts";
import type { CamelCase, SnakeCase } from "./names.ts";
import type { Columns, ColumnsOf, TableDefinition } from "./table.ts";
import type { JsonParameter } from "./parameters.ts";

type Value<C extends AnyColumn> = C["types"]["value"];
type OrNull<C extends AnyColumn, V> = C["types"]["notNull"] extends true ? V : V | null;

type Scalar = string | number | boolean | Date;
/** What is written into a column: a scalar as it is, anything else wrapped by `json()`. */
type Written<C extends AnyColumn> = [Value<C>] extends [Scalar] ? Value<C> : JsonParameter;

type SqlNameOf<Property, C extends AnyColumn> = [C["types"]["sqlName"]] extends [never]
  ? Property extends string
    ? SnakeCase<Property>
    : never
  : C["types"]["sqlName"];

/** A row as the functions return it. */
export type Row<T> =
  ColumnsOf<T> extends infer C extends Columns ? { -readonly [P in keyof C]: OrNull<C[P], Value<C[P]>> } : never;

/** A row as it leaves: without the columns that `isVisible` keeps in. */
export type VisibleRow<T> =
  ColumnsOf<T> extends infer C extends Columns
    ? { -readonly [P in keyof C as C[P]["types"]["hidden"] extends true ? never : P]: OrNull<C[P], Value<C[P]>> }
    : never;

/** The properties that a new row may leave out: those with a default, those that may be empty, and stamps. */
type OmissibleIn<C extends Columns> = {
  [P in keyof C]: C[P] extends Stamped ? P : C[P]["types"]["optional"] extends true ? P : never;
}[keyof C];

/** What a row is made from, by property names, hidden columns included. */
export type NewRow<T> =
  ColumnsOf<T> extends infer C extends Columns
    ? { readonly [P in Exclude<keyof C, OmissibleIn<C>>]: OrNull<C[P], Value<C[P]>> } & {
        readonly [P in OmissibleIn<C>]?: OrNull<C[P], Value<C[P]>> | undefined;
      }
    : never;

/** What is changed of a row, by property names, hidden columns included; undefined ones stay as they are. */
export type RowChanges<T> =
  ColumnsOf<T> extends infer C extends Columns
    ? { readonly [P in keyof C]?: OrNull<C[P], Value<C[P]>> | undefined }
    : never;

/** The SQL names of the columns that leave. */
export type VisibleColumnName<T> =
  ColumnsOf<T> extends infer C extends Columns
    ? { [P in keyof C]: C[P]["types"]["hidden"] extends true ? never : SqlNameOf<P, C[P]> }[keyof C]
    : never;

/** The table as Kysely sees it: SQL names, and what may be read, inserted and updated. */
export type SqlTable<T> =
  ColumnsOf<T> extends infer C extends Columns
    ? {
        [P in keyof C as SqlNameOf<P, C[P]>]: ColumnType<
          OrNull<C[P], Value<C[P]>>,
          C[P]["types"]["optional"] extends true
            ? OrNull<C[P], Written<C[P]>> | undefined
            : OrNull<C[P], Written<C[P]>>,
          OrNull<C[P], Written<C[P]>>
        >;
      }
    : never;

/** Columns whose property name is given in the definition: SQL name → property name. */
type RenamedIn<C extends Columns> = {
  [P in keyof C as C[P]["types"]["sqlName"]]: P;
};
type UnionToIntersection<U> = (U extends unknown ? (union: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

/** SQL name → property name over a set of tables, for the columns that are named by hand. */
export type Renamed<Tables extends readonly TableDefinition[]> = UnionToIntersection<
  { [I in keyof Tables]: RenamedIn<ColumnsOf<Tables[I]>> }[number]
>;

/** A row of SQL names as the row constructor delivers it. */
export type PropertyNames<O, Names> = {
  [K in keyof O as K extends keyof Names ? Names[K] & string : K extends string ? CamelCase<K> : never]: O[K];
} & {};
