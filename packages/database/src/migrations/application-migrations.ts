import type { Handle } from "../database/handle.ts";
import type { EngineName } from "../engines/port/engine.ts";
import { MigrationError, ValidationError } from "../errors/index.ts";
import { getAppliedMigrations } from "./applied.ts";
import { readScript } from "./apply-migration.ts";
import { digestScript } from "./migration.ts";
import { runScript, type Script } from "./run-script.ts";

/** Statements for both engines alike, or for each. */
type Text = string | Readonly<Record<EngineName, string>>;

/** A migration that an application brings along, to be applied after NERVE's. Once released, it is never edited. */
export interface ApplicationMigration {
  /** Letters, digits, `.`, `_` and `-`, at most 100; not four digits, which are NERVE's. */
  readonly version: string;
  /** What it is for, in a line. */
  readonly description: string;
  /** Statements, run as one. No transaction control. */
  readonly sql: Text;
  /** Statements that undo it; without them it cannot be rolled back. */
  readonly downSql?: Text | undefined;
}

function textFor(text: Text, engine: EngineName): string {
  return typeof text === "string" ? text : text[engine];
}

function scriptsFor(db: Handle, migrations: readonly ApplicationMigration[]): Script[] {
  const versions = migrations.map(({ version }) => version);
  const twice = versions.find((version, index) => versions.indexOf(version) !== index);
  if (twice !== undefined) throw new ValidationError([{ field: "version", message: `${twice} is there twice` }]);
  return migrations.map(({ version, description, sql, downSql }) =>
    readScript(db, {
      version,
      description,
      sql: textFor(sql, db.engine),
      downSql: downSql === undefined ? undefined : textFor(downSql, db.engine),
    }),
  );
}

async function pendingOf(db: Handle, scripts: readonly Script[]): Promise<Script[]> {
  const digests = new Map((await getAppliedMigrations(db)).map(({ version, digest }) => [version, digest]));
  const edited = scripts.find(({ version, sql }) => (digests.get(version) ?? digestScript(sql)) !== digestScript(sql));
  if (edited !== undefined) {
    throw new MigrationError("MIGRATION_EDITED", {
      message: `Migration ${edited.version} has been edited since it was applied.`,
    });
  }
  return scripts.filter(({ version }) => !digests.has(version));
}

/** Whether some of an application's migrations are not applied yet. */
export async function hasPending(db: Handle, migrations: readonly ApplicationMigration[]): Promise<boolean> {
  return (await pendingOf(db, scriptsFor(db, migrations))).length > 0;
}

/**
 * Applies an application's migrations in their order, those that are not applied yet; one runner at a time across
 * processes.
 * @throws {ValidationError} INVALID_INPUT as `applyMigration`
 * @throws {MigrationError} MIGRATION_EDITED when an applied migration's text has changed, MIGRATION_FAILED when one failed
 */
export async function applyPending(db: Handle, migrations: readonly ApplicationMigration[]): Promise<void> {
  for (const script of await pendingOf(db, scriptsFor(db, migrations))) {
    await runScript(db, script, async (tx) => (await pendingOf(tx, [script])).length > 0);
  }
}
