import type { Kysely } from "kysely";

/** Tables and columns by names that are known only when the program runs. */
export type AnySchema = Record<string, Record<string, unknown>>;

/** The builder for any table. Names given to it come from the definitions, never from a caller. */
export function anyTable(db: { readonly sql: unknown }): Kysely<AnySchema> {
  return db.sql as Kysely<AnySchema>;
}
