import type { Database } from "../../src/database/handle.ts";
import { getAppliedMigrations } from "../../src/migrations/applied.ts";
import { rollbackMigration } from "../../src/migrations/rollback-migration.ts";

/** Brings a database back to what it was before a migration: that one and all later ones are undone. */
export async function rollBackBefore(db: Database, version: string): Promise<void> {
  const applied = await getAppliedMigrations(db);
  const from = applied.findIndex((migration) => migration.version === version);
  if (from === -1) throw new Error(`There is no migration ${version}.`);
  for (const migration of applied.slice(from).toReversed()) await rollbackMigration(db, migration.version);
}
