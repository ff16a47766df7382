import type { Handle } from "../database/handle.ts";

/**
 * Writes the schema as SQL that makes it again on an empty database of the same engine: tables, constraints and
 * indexes, those of your own migrations included. On SQLite also views and triggers. No rows.
 *
 * @param db the database, or an open transaction
 * @returns one statement after the other, each ended by a semicolon and a line feed
 * @example
 * const schema = await exportSchema(db);
 * console.log(schema.includes("CREATE TABLE"));
 */
export async function exportSchema(db: Handle): Promise<string> {
  const statements = await db.connection.dialect.exportSchema(db.executor);
  return statements.map((statement) => `${statement};\n`).join("");
}
