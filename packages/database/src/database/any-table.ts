import type { Kysely } from "kysely";
import type { Handle } from "./handle.ts";

/** Tables and columns by names that are known only when the program runs. */
export type AnySchema = Record<string, Record<string, unknown>>;

/** The builder for any table. Names given to it come from the definitions, never from a caller. */
export function anyTable(db: Handle): Kysely<AnySchema> {
  return db.sql as unknown as Kysely<AnySchema>;
}
