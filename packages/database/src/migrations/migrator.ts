import type { Handle } from "../database/handle.ts";
import { MigrationError } from "../errors/index.ts";
import { type AppliedMigration, getAppliedMigrations, getSchemaVersion, isNumbered } from "./applied.ts";
import { digestScript, type Migration } from "./migration.ts";
import { migrations as ownMigrations } from "./index.ts";
import { runScript } from "./run-script.ts";

/** Where a database stands. */
export interface MigrationStatus {
  /** Highest numbered migration applied; null on a database that was never migrated. */
  schemaVersion: string | null;
  applied: AppliedMigration[];
  /** Numbered migrations that are not applied yet, oldest first. */
  pending: { version: string; description: string }[];
}

/** @throws {MigrationError} when what was applied is not what this code knows */
function refuseMismatch(db: Handle, applied: readonly AppliedMigration[], known: readonly Migration[]): void {
  for (const { version, digest } of applied) {
    if (!isNumbered(version)) continue;
    const migration = known.find((candidate) => candidate.version === version);
    if (migration === undefined) {
      throw new MigrationError("SCHEMA_NEWER", {
        message: `The database has migration ${version}, which this NERVE does not know: it was migrated by a newer one.`,
      });
    }
    if (digestScript(migration.up[db.engine]) !== digest) {
      throw new MigrationError("MIGRATION_EDITED", {
        message: `Migration ${version} has been edited since it was applied.`,
      });
    }
  }
}

/**
 * Compares the database with the migrations that this code knows.
 *
 * @param db the database, or an open transaction
 * @param known the migrations to compare with; default the package's own
 * @returns the version, what was applied and what is pending
 * @throws {MigrationError} SCHEMA_NEWER when a newer NERVE migrated it
 * @throws {MigrationError} MIGRATION_EDITED when an applied migration's text has changed
 * @example
 * const { schemaVersion, pending } = await getMigrationStatus(db);
 */
export async function getMigrationStatus(
  db: Handle,
  known: readonly Migration[] = ownMigrations,
): Promise<MigrationStatus> {
  const applied = await getAppliedMigrations(db);
  refuseMismatch(db, applied, known);
  const done = new Set(applied.map(({ version }) => version));
  const pending = known
    .filter(({ version }) => !done.has(version))
    .map(({ version, description }) => ({ version, description }));
  return { schemaVersion: await getSchemaVersion(db), applied, pending };
}

/**
 * Applies the pending migrations, each in a transaction of its own with its record; one runner at a time across
 * processes.
 *
 * @param db the database
 * @param known the migrations to apply; default the package's own
 * @returns the versions that this call applied
 * @throws {MigrationError} SCHEMA_NEWER, MIGRATION_EDITED as `getMigrationStatus`
 * @throws {MigrationError} MIGRATION_FAILED when one failed; those before it stay, nothing of it is left
 * @example
 * const applied = await migrate(db);
 */
export async function migrate(db: Handle, known: readonly Migration[] = ownMigrations): Promise<string[]> {
  const { pending } = await getMigrationStatus(db, known);
  const appliedHere: string[] = [];
  for (const { version } of pending) {
    const migration = known.find((candidate) => candidate.version === version);
    if (migration !== undefined && (await applyOnce(db, migration, known))) appliedHere.push(version);
  }
  return appliedHere;
}

async function applyOnce(db: Handle, migration: Migration, known: readonly Migration[]): Promise<boolean> {
  const { version, description, up, down } = migration;
  const script = { version, description, sql: up[db.engine], downScript: down[db.engine] };
  const applied = await runScript(db, script, async (tx) => {
    const { pending } = await getMigrationStatus(tx, known);
    return pending.some((candidate) => candidate.version === version);
  });
  return applied !== null;
}
