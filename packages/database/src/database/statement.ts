import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Dialect, Query } from "../engines/port/engine.ts";
import { JsonParameter, Parameter } from "../schema/kit/parameters.ts";
import type { ColumnKind, PropertyNames } from "../schema/kit/index.ts";
import { NotFoundError } from "../errors/index.ts";
import type { NamesOf } from "../schema/registry.ts";
import type { Schema } from "../schema/tables.ts";
import type { Handle } from "./handle.ts";

/** A row as statements return it: columns under their property names. */
export type NamedRow<O, DB = Schema> = PropertyNames<O, NamesOf<DB>>;

type Build<P, O, DB> = (sql: Kysely<DB>, parameters: P, dialect: Dialect) => Compilable<O>;

/** Kinds of computed columns that need decoding, by their names in SQL. */
export type ComputedColumns = Readonly<Record<string, ColumnKind>>;

/** A statement that is written once and runs many times. */
export interface Statement<P, O, DB = Schema> {
  /** Runs it and returns every row. */
  all(db: Handle<DB>, parameters: P): Promise<NamedRow<O, DB>[]>;
  /** Runs it and returns its first row, null where there is none. */
  first(db: Handle<DB>, parameters: P): Promise<NamedRow<O, DB> | null>;
  /**
   * Runs it and returns its only row.
   * @throws {NotFoundError} NOT_FOUND when there is none: that lies in what is stored, as where a function finds nothing
   * @throws {TypeError} when there are several: that lies in the statement
   */
  one(db: Handle<DB>, parameters: P): Promise<NamedRow<O, DB>>;
  /** Runs it and returns how many rows it changed. */
  run(db: Handle<DB>, parameters: P): Promise<number>;
}

/** Fetches the value of one parameter when the statement runs. */
type Binder = (parameters: Readonly<Record<string, unknown>>) => unknown;

interface Plan {
  readonly query: Query;
  readonly binders: readonly Binder[];
}

function binderFor(value: unknown): Binder {
  if (value instanceof Parameter) {
    const { name } = value;
    return (parameters) => parameters[name];
  }
  if (value instanceof JsonParameter && value.value instanceof Parameter) {
    const { name } = value.value;
    return (parameters) => {
      const document = parameters[name];
      return document === null || document === undefined ? null : new JsonParameter(document);
    };
  }
  return () => value;
}

/** Stands in for the parameters while the statement is written: each property reads as its marker. */
function markers(isPresent: (name: string) => boolean): unknown {
  return new Proxy(
    {},
    {
      get: (_, name) => (typeof name === "string" && isPresent(name) ? new Parameter(name) : undefined),
      has: (_, name) => typeof name === "string" && isPresent(name),
    },
  );
}

function toQuery({ sql, query }: CompiledQuery, recurring: boolean, computed: ComputedColumns | undefined): Query {
  const readOnly = query.kind === "SelectQueryNode" && query.endModifiers === undefined;
  return computed === undefined ? { sql, readOnly, recurring } : { sql, readOnly, recurring, computed };
}

/** Names of the parameters that a call gives; one compiled text serves every call with the same names. */
type ShapeOf = (parameters: Readonly<Record<string, unknown>>) => readonly string[] | undefined;

const fixedShape: ShapeOf = () => undefined;
const givenParameters: ShapeOf = (parameters) =>
  Object.keys(parameters).filter((name) => parameters[name] !== undefined);

function planner<P, O, DB>(build: Build<P, O, DB>, computed: ComputedColumns | undefined, shapeOf: ShapeOf) {
  const plans = new Map<string, Plan>();
  return (db: Handle<DB>, parameters: Readonly<Record<string, unknown>>): Plan => {
    const shape = shapeOf(parameters);
    const key = shape === undefined ? db.engine : `${db.engine} ${shape.join(" ")}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const isPresent = (name: string) => shape === undefined || shape.includes(name);
    const compiled = build(db.sql, markers(isPresent) as P, db.connection.dialect).compile();
    const plan = { query: toQuery(compiled, true, computed), binders: compiled.parameters.map(binderFor) };
    plans.set(key, plan);
    return plan;
  };
}

function makeStatement<P extends object, O, DB>(plan: ReturnType<typeof planner<P, O, DB>>): Statement<P, O, DB> {
  const bind = (db: Handle<DB>, parameters: P): { query: Query; values: unknown[] } => {
    const record = parameters as Readonly<Record<string, unknown>>;
    const { query, binders } = plan(db, record);
    return { query, values: binders.map((binder) => binder(record)) };
  };
  return {
    async all(db, parameters) {
      const { query, values } = bind(db, parameters);
      return (await db.executor.all(query, values)) as NamedRow<O, DB>[];
    },
    async first(db, parameters) {
      const { query, values } = bind(db, parameters);
      const [row] = await db.executor.all(query, values);
      return (row as NamedRow<O, DB> | undefined) ?? null;
    },
    async one(db, parameters) {
      const { query, values } = bind(db, parameters);
      const [row, ...others] = await db.executor.all(query, values);
      if (row === undefined) throw new NotFoundError();
      if (others.length > 0) throw new TypeError("The statement was to return one row, and returned several.");
      return row as NamedRow<O, DB>;
    },
    async run(db, parameters) {
      const { query, values } = bind(db, parameters);
      return db.executor.run(query, values);
    },
  };
}

/**
 * Makes a statement that is compiled once per engine and then runs at the driver's speed. The builder sees a marker
 * for each parameter, so it must not branch on their values.
 *
 * @param build writes the statement with the parameters it is given; the dialect writes what Kysely cannot
 * @param computed kinds of computed columns that need decoding (a boolean or a date that is no table's column)
 */
export function statement<P extends object, O, DB = Schema>(
  build: Build<P, O, DB>,
  computed?: ComputedColumns,
): Statement<P, O, DB> {
  return makeStatement(planner(build, computed, fixedShape));
}

/**
 * Makes a statement whose text depends on which parameters are given (not undefined), such as a list with optional
 * filters. It is compiled once per engine and combination.
 *
 * @param build writes the statement; a parameter that was not given reads as undefined
 * @param computed kinds of computed columns that need decoding
 */
export function shapedStatement<P extends object, O, DB = Schema>(
  build: Build<P, O, DB>,
  computed?: ComputedColumns,
): Statement<P, O, DB> {
  return makeStatement(planner(build, computed, givenParameters));
}

/** Runs a query that was built for this one call and returns every row. */
export async function fetchAll<O, DB = Schema>(
  db: Handle<DB>,
  query: Compilable<O>,
  computed?: ComputedColumns,
): Promise<NamedRow<O, DB>[]> {
  const compiled = query.compile();
  return (await db.executor.all(toQuery(compiled, false, computed), compiled.parameters)) as NamedRow<O, DB>[];
}

/** Runs a query that was built for this one call and returns its first row, null where there is none. */
export async function fetchFirst<O, DB = Schema>(
  db: Handle<DB>,
  query: Compilable<O>,
  computed?: ComputedColumns,
): Promise<NamedRow<O, DB> | null> {
  const [row] = await fetchAll(db, query, computed);
  return row ?? null;
}

/** Runs a query that was built for this one call and returns how many rows it changed. */
export async function runQuery<DB = Schema>(db: Handle<DB>, query: Compilable): Promise<number> {
  const compiled = query.compile();
  return db.executor.run(toQuery(compiled, false, undefined), compiled.parameters);
}
