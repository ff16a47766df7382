import { type Columns, type IndexDefinition, table as define, type TableDefinition } from "./kit/index.ts";

/** What an application's table says of itself beside its columns. */
export interface ApplicationTableOptions {
  /** What a row is, in a sentence. */
  readonly description: string;
  /** Indexes beyond those that single columns ask for. */
  readonly indexes?: readonly IndexDefinition[];
  /** Its rows may be lost when the server crashes. */
  readonly unlogged?: true;
}

/**
 * Defines a table of an application's own, to be given to `openDatabase`.
 *
 * @param name name in SQL, one that no other table has
 * @param options a sentence on what a row is, and further indexes
 * @param columns columns by property name
 * @returns the definition, which row types, decoding and the statements that make the table are derived from
 * @example
 * const tags = table("tags", { description: "A word that findings are found by." }, { id: id(), word: string(50).notNull() });
 */
export function table<const Name extends string, C extends Columns>(
  name: Name,
  options: ApplicationTableOptions,
  columns: C,
): TableDefinition<Name, C> {
  // Modules order NERVE's own documents, which show no other tables.
  return define(name, { ...options, module: "system" }, columns);
}
