import { type Database, DatabaseError, getMigrationStatus, MigrationError } from "@nerve/database";
import { HttpError } from "./http-error.ts";

/** When to try again, in seconds. */
const retryAfter = 5;

/**
 * Tells a fault of the server from a schema that is being changed underneath it: while somebody migrates back and forth, a
 * statement may miss a table or a column, and that passes.
 * @returns the error as it was, or NOT_READY
 */
export async function explainSchemaChange(db: Database, error: unknown): Promise<unknown> {
  if (!(error instanceof DatabaseError) || error.code !== "DATABASE_FAILED") return error;
  return (await isOfToday(db)) ? error : new HttpError("NOT_READY", { retryAfter, cause: error });
}

async function isOfToday(db: Database): Promise<boolean> {
  try {
    return (await getMigrationStatus(db)).pending.length === 0;
  } catch (error) {
    return !(error instanceof MigrationError);
  }
}
