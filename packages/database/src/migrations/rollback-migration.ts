import type { Handle } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import { ConflictError, NotFoundError } from "../errors/index.ts";
import { findDownScript, forgetMigration, getAppliedMigrations } from "./applied.ts";
import { runMigrationText } from "./run-script.ts";

/**
 * Undoes the newest migration: runs the down script that was recorded with it and removes its record, both or neither.
 *
 * @param db the database, or an open transaction
 * @param version the migration that was applied last
 * @throws {NotFoundError} NOT_FOUND when it was never applied
 * @throws {ConflictError} NOT_REVERSIBLE when it has no down script, or a later migration builds on it
 * @throws {MigrationError} MIGRATION_FAILED when a statement failed; the migration is still applied
 * @example
 * const createTags = { version: "tags", description: "Tags", sql: "CREATE TABLE tags (name TEXT)" };
 * await applyMigration(db, { ...createTags, downSql: "DROP TABLE tags" });
 * await rollbackMigration(db, "tags");
 */
export async function rollbackMigration(db: Handle, version: string): Promise<void> {
  await transaction(db, async (tx) => {
    await tx.connection.dialect.lockMigrations(tx.executor);
    const downScript = await findDownScript(tx, version);
    if (downScript === undefined) throw new NotFoundError({ message: "No migration of this version was applied." });
    const newest = (await getAppliedMigrations(tx)).at(-1);
    if (newest?.version !== version) {
      throw new ConflictError("NOT_REVERSIBLE", {
        message: "A later migration was applied; only the newest can be rolled back.",
      });
    }
    if (downScript === null) throw new ConflictError("NOT_REVERSIBLE");
    await forgetMigration(tx, version);
    await runMigrationText(tx, version, downScript);
  });
}
