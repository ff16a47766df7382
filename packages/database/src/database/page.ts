import { type Expression, type SelectQueryBuilder, type SelectType, sql, type SqlBool } from "kysely";
import { z } from "zod";
import { ValidationError } from "../errors/index.ts";
import {
  type ColumnKind,
  columnNamed,
  type NamedColumn,
  type SqlTable,
  type TableDefinition,
} from "../schema/kit/index.ts";
import { type Schema, tableNamed } from "../schema/tables.ts";
import * as input from "../validation/input.ts";
import type { Handle } from "./handle.ts";
import type { NamedRow, Statement } from "./statement.ts";

/** One page of a list. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page begins, to be given back as `cursor`; null on the last page. */
  readonly nextCursor: string | null;
}

/** The options that every list takes, as fields of its input. */
export const pageFields = { limit: input.limit(), cursor: input.cursor().optional() };

type SortKey = number | string | Date;

/** What the statement of a list takes besides its own parameters; a `PageOrder` writes and reads them. */
export interface PageParameters {
  /** How many rows to fetch: one more than the page holds, to see whether another page follows. */
  rows: number;
  after0?: SortKey | undefined;
  after1?: SortKey | undefined;
  after2?: SortKey | undefined;
}

const afterNames = ["after0", "after1", "after2"] as const;

/** Columns of a table that rows can be ordered by: never null. A text is for short ids that break ties. */
type SortColumn<T> = SortColumnOf<T extends keyof Schema ? Schema[T] : SqlTable<T>>;
type SortColumnOf<Table> = {
  [C in keyof Table & string]: SelectType<Table[C]> extends SortKey ? C : never;
}[keyof Table & string];

const wholeNumber = input.boundedInteger({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const moment = wholeNumber.transform((milliseconds) => new Date(milliseconds)).pipe(input.date());

/** How a sort key is read from a cursor, by the kind of its column. */
const keySchemas: Partial<Record<ColumnKind, z.ZodType<SortKey>>> = {
  id: wholeNumber,
  integer: wholeNumber,
  float: z.number(),
  datetime: moment,
  string: input.text({ max: 255 }),
  text: input.text({ max: 255 }),
};

/** The order of a list: written into its statement, and into the cursor between two pages. */
export class PageOrder {
  readonly #table: string;
  readonly #columns: readonly NamedColumn[];
  readonly #direction: "asc" | "desc";
  readonly #keys: z.ZodType<SortKey[]>;

  constructor(table: string, columns: readonly NamedColumn[], direction: "asc" | "desc") {
    this.#table = table;
    this.#columns = columns;
    this.#direction = direction;
    this.#keys = z.tuple(columns.map(({ kind }) => keySchemas[kind] ?? z.never()) as [z.ZodType<SortKey>]);
  }

  /** Adds the order, the place where the page begins, and its length to a query. */
  apply<DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    parameters: PageParameters,
  ): SelectQueryBuilder<DB, TB, O> {
    const begun = parameters.after0 === undefined ? query : query.where(this.#isBeyond(parameters));
    return this.#columns
      .reduce((ordered, column) => ordered.orderBy(this.#reference(column), this.#direction), begun)
      .limit(parameters.rows);
  }

  /**
   * Reads a cursor.
   * @throws {ValidationError} INVALID_INPUT for `cursor` when it is none of this list
   */
  readPlace(from: string | undefined): Omit<PageParameters, "rows"> {
    if (from === undefined) return {};
    const { data: keys } = this.#keys.safeParse(decodeJson(from));
    if (keys === undefined) throw new ValidationError([{ field: "cursor", message: "is not a cursor of this list" }]);
    const [after0, after1, after2] = keys;
    return { after0, after1, after2 };
  }

  /** Writes the cursor that leads to what follows a row. */
  writePlace(row: Readonly<Record<string, unknown>>): string {
    const keys = this.#columns.map(({ property }) => row[property]);
    const plain = keys.map((key) => (key instanceof Date ? key.getTime() : key));
    return Buffer.from(JSON.stringify(plain)).toString("base64url");
  }

  /** Compares all keys at once, `(created_at, id) < (…, …)`: one range of the index on both engines. */
  #isBeyond(parameters: PageParameters): Expression<SqlBool> {
    const columns = sql.join(this.#columns.map((column) => this.#reference(column)));
    const place = sql.join(afterNames.slice(0, this.#columns.length).map((name) => parameters[name]));
    const operator = sql.raw(this.#direction === "asc" ? ">" : "<");
    return sql<SqlBool>`(${columns}) ${operator} (${place})`;
  }

  #reference({ name }: NamedColumn): Expression<unknown> {
    return sql.ref(`${this.#table}.${name}`);
  }
}

function decodeJson(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, "base64url").toString());
  } catch {
    return undefined;
  }
}

/**
 * Defines the order of a list.
 *
 * @param table the table whose columns order it, under its own name in the statement; an application's own by its definition
 * @param columns up to three columns that are never null, the last of them unique; the statement selects them all
 * @param direction of all columns
 * @example
 * const newestFirst = pageOrder("companies", ["created_at", "id"], "desc");
 */
export function pageOrder<T extends keyof Schema | TableDefinition>(
  table: T,
  columns: readonly [SortColumn<T>, ...SortColumn<T>[]],
  direction: "asc" | "desc",
): PageOrder {
  const definition: TableDefinition | undefined = typeof table === "string" ? tableNamed(table) : table;
  const found = columns.map((name) => definition && columnNamed(definition, name));
  const known = found.filter((column) => column !== undefined);
  if (definition === undefined || known.length !== columns.length || known.length > afterNames.length) {
    throw new TypeError("A list is ordered by one to three columns of its table.");
  }
  return new PageOrder(definition.name, known, direction);
}

/**
 * Fetches one page of a list.
 *
 * @param db the database, or an open transaction
 * @param request `list` is a `shapedStatement` that ends in `order.apply(query, parameters)`; `filters` are its own
 *   parameters; `limit` and `cursor` are what `pageFields` read
 * @returns at most `limit` rows, and the cursor of the next page
 * @throws {ValidationError} INVALID_INPUT for `cursor` when it is none of this list
 */
export async function fetchPage<Filters extends object, O, DB = Schema>(
  db: Handle<DB>,
  { list, order, filters, limit, cursor }: PageRequest<Filters, O, DB>,
): Promise<Page<NamedRow<O, DB>>> {
  const rows = await list.all(db, { ...filters, ...order.readPlace(cursor), rows: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : order.writePlace(last) };
}

/** A page that is asked for. */
export interface PageRequest<Filters, O, DB = Schema> {
  readonly list: Statement<Filters & PageParameters, O, DB>;
  readonly order: PageOrder;
  readonly filters: Filters;
  readonly limit: number;
  readonly cursor?: string | undefined;
}
