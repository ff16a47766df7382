import type { Handle } from "../database/handle.ts";
import type { TableDefinition } from "../schema/kit/index.ts";

/**
 * Writes the statements that create a table with its indexes, for the migration of an application that brings it. Keep
 * the text in the migration: a definition changes, a migration never does.
 *
 * @param db a database of the engine to write for
 * @param table the definition
 * @returns statements of this engine, each ended by a semicolon and a line feed
 * @example
 * const [first] = tables;
 * const text = writeTable(db, first); // CREATE TABLE "companies" …
 */
export function writeTable(db: Pick<Handle, "connection">, table: TableDefinition): string {
  const statements = db.connection.dialect.createTableStatements(table);
  return statements.map((statement) => `${statement};\n`).join("");
}
