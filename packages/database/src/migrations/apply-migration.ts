import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { ConflictError, ValidationError } from "../errors/index.ts";
import { input } from "../validation/index.ts";
import { type AppliedMigration, getAppliedMigrations, isNumbered } from "./applied.ts";
import { runScript, type Script } from "./run-script.ts";
import { findScriptFault } from "./script-rules.ts";

/** A migration of the caller's own, beside those that come with NERVE. */
export interface OwnMigration {
  /** Letters, digits, `.`, `_` and `-`, at most 100; not four digits, which are NERVE's. */
  version: string;
  /** What it is for, in a line. */
  description: string;
  /** Statements of this engine, run as one. No transaction control. */
  sql: string;
  /** Statements that undo it; without them it cannot be rolled back. */
  downSql?: string | undefined;
}

const ownMigration = z.strictObject({
  version: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .refine((version) => !isNumbered(version), "must not be four digits, which are NERVE's own"),
  description: input.text({ min: 1, max: 255 }),
  sql: z.string(),
  downSql: z.string().optional(),
});

function refuseFaultyScript(db: Handle, field: string, sql: string): void {
  const fault = findScriptFault(sql, db.connection.dialect.lexis);
  if (fault !== undefined) throw new ValidationError([{ field, message: fault }]);
}

/** @throws {ValidationError} INVALID_INPUT when it cannot be run as one transaction */
export function readScript(db: Handle, migration: OwnMigration): Script {
  const { version, description, sql, downSql } = input.parseInput(ownMigration, migration);
  refuseFaultyScript(db, "sql", sql);
  if (downSql !== undefined) refuseFaultyScript(db, "downSql", downSql);
  return { version, description, sql, downScript: downSql ?? null };
}

/**
 * Applies a migration of the caller's own: the script and its record, both or neither, and by one process only.
 *
 * @param db the database, or an open transaction
 * @param migration its version, description, script and, where it can be undone, its down script
 * @returns what was recorded
 * @throws {ValidationError} INVALID_INPUT when the script is empty or unfinished, or holds a statement that one
 *   transaction cannot contain (COMMIT, ATTACH, PRAGMA, VACUUM and the like)
 * @throws {ConflictError} CONFLICT when a migration of this version was applied already
 * @throws {MigrationError} MIGRATION_FAILED when a statement failed; nothing of the script is left
 * @example
 * await applyMigration(db, {
 *   version: "2026-05-tags",
 *   description: "Tags for findings",
 *   sql: "CREATE TABLE tags (name TEXT PRIMARY KEY)",
 *   downSql: "DROP TABLE tags",
 * });
 */
export async function applyMigration(db: Handle, migration: OwnMigration): Promise<AppliedMigration> {
  const script = readScript(db, migration);
  const { version } = script;
  const applied = await runScript(db, script, async (tx) => {
    const known = await getAppliedMigrations(tx);
    return known.every((candidate) => candidate.version !== version);
  });
  if (applied === null) {
    throw new ConflictError("CONFLICT", { field: "version", message: `Migration ${version} was already applied.` });
  }
  return applied;
}
