import { ValidationError } from "../errors/index.ts";
import { type Renamed, type SqlTable, type TableDefinition, toCamelCase } from "./kit/index.ts";
import { type RenamedColumns, renamedColumns, type Schema, tableNamed, tables } from "./tables.ts";

declare const ownNames: unique symbol;

/**
 * The database as Kysely sees it with an application's own tables beside NERVE's.
 *
 * @example
 * const ownTables = [tags] as const;
 * type Db = SchemaWith<typeof ownTables>;
 */
export type SchemaWith<Own extends readonly TableDefinition[]> = Own extends readonly []
  ? Schema
  : Schema & { [T in Own[number] as T["name"]]: SqlTable<T> } & { readonly [ownNames]?: Renamed<Own> };

/** SQL name → property name, for the columns of a database that are named by hand. */
export type NamesOf<DB> = RenamedColumns & (DB extends { readonly [ownNames]?: infer Names } ? Names : unknown);

/** The tables that a handle knows: NERVE's, and the application's own. */
export interface TableRegistry {
  /** The application's. */
  readonly own: readonly TableDefinition[];
  /** NERVE's and the application's, each after those it refers to. */
  readonly all: readonly TableDefinition[];
  /** Finds a table by its name in SQL, those that keep the database in order included. */
  readonly named: (name: string) => TableDefinition | undefined;
  /** The property name of a column, by its name in SQL. */
  readonly propertyOf: (column: string) => string;
}

/**
 * Puts an application's tables beside NERVE's.
 * @throws {ValidationError} INVALID_INPUT for `tables` when a name is taken, a table refers to one that is not known
 *   before it, or a column's name in SQL has another property name elsewhere: results are named by it alone
 */
export function registerTables(own: readonly TableDefinition[] = []): TableRegistry {
  const ownByName = new Map<string, TableDefinition>();
  const properties = new Map(
    tables.flatMap(({ columnList }) => columnList.map(({ name, property }) => [name, property])),
  );
  const renamed = new Map(renamedColumns);
  const named = (name: string) => ownByName.get(name) ?? tableNamed(name);
  for (const table of own) {
    if (named(table.name) !== undefined) refuse(`has ${table.name}, a name that is taken`);
    ownByName.set(table.name, table);
    for (const { name, property, reference } of table.columnList) {
      if (reference !== undefined && named(reference.table.name) === undefined) {
        refuse(`has ${table.name}, which refers to ${reference.table.name}: list that one before it`);
      }
      const known = properties.get(name) ?? property;
      if (known !== property) refuse(`has ${table.name}.${name} as ${property}, which is ${known} elsewhere`);
      properties.set(name, property);
      if (property !== toCamelCase(name)) renamed.set(name, property);
    }
  }
  const propertyOf = (column: string) => renamed.get(column) ?? toCamelCase(column);
  return { own, all: [...tables, ...own], named, propertyOf };
}

function refuse(message: string): never {
  throw new ValidationError([{ field: "tables", message }]);
}
