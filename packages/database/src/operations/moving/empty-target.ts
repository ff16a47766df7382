import type { Handle } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { ConflictError } from "../../errors/index.ts";
import type { TableDefinition } from "../../schema/kit/index.ts";
import type { TableName } from "../../schema/tables.ts";

/** @throws {ConflictError} CONFLICT naming the first of the tables that has rows */
export async function refuseNonEmptyTarget(
  db: Handle,
  checked: readonly TableDefinition[] = db.connection.tables.all,
): Promise<void> {
  for (const { name } of checked) {
    const query = db.sql
      // An application's own tables are no less there.
      .selectFrom(name as TableName)
      .select((build) => build.lit(1).as("found"))
      .limit(1);
    if ((await fetchFirst(db, query)) !== null) throw nonEmptyTarget(name);
  }
}

/** The error that names a table of the target that has rows. */
export function nonEmptyTarget(table: string): ConflictError {
  return new ConflictError("CONFLICT", {
    field: table,
    message: `The target is not empty: ${table} has rows.`,
    help: "Name a database that is not there yet, or one that holds nothing; nothing was written.",
  });
}
