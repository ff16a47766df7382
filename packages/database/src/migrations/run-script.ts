import type { Handle, Transaction } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import { DatabaseError, errorRegistry, MigrationError } from "../errors/index.ts";
import { schemaMigrations } from "../schema/system.ts";
import { type AppliedMigration, recordMigration, tableExists } from "./applied.ts";
import { digestScript } from "./migration.ts";

/** A script to run, and how it is remembered. */
export interface Script {
  readonly version: string;
  readonly description: string;
  readonly sql: string;
  readonly downScript: string | null;
}

async function ensureRecordTable(tx: Transaction): Promise<void> {
  if (await tableExists(tx, schemaMigrations.name)) return;
  await tx.executor.script(tx.connection.dialect.createTableStatements(schemaMigrations).join(";\n"));
}

/**
 * Runs the text of a migration, or of what undoes it.
 *
 * @throws {MigrationError} MIGRATION_FAILED when it failed; the transaction can then only be rolled back
 */
export async function runMigrationText(tx: Transaction, version: string, sql: string): Promise<void> {
  try {
    await tx.executor.script(sql);
  } catch (cause) {
    const isTold = cause instanceof DatabaseError && cause.message !== errorRegistry[cause.code].message;
    throw new MigrationError("MIGRATION_FAILED", {
      message: `Migration ${version} failed and was rolled back.${isTold ? ` ${cause.message}` : ""}`,
      cause,
    });
  }
}

/**
 * Runs a script and records it, both or neither, while no other process migrates.
 *
 * @param db the database
 * @param script what to run
 * @param isStillWanted asked under the lock, since another process may have run it in the meantime
 * @returns what was recorded; null when the script was no longer wanted
 * @throws {MigrationError} MIGRATION_FAILED when the script failed; nothing of it is left
 */
export function runScript(
  db: Handle,
  script: Script,
  isStillWanted: (tx: Transaction) => Promise<boolean>,
): Promise<AppliedMigration | null> {
  return transaction(db, async (tx) => {
    // Another process may be migrating for as long as its tables are large, and so may this one.
    await tx.connection.dialect.prepareLongWork(tx.executor, { durable: true });
    await tx.connection.dialect.lockMigrations(tx.executor);
    await ensureRecordTable(tx);
    if (!(await isStillWanted(tx))) return null;
    const started = performance.now();
    await runMigrationText(tx, script.version, script.sql);
    const applied: AppliedMigration = {
      version: script.version,
      description: script.description,
      digest: digestScript(script.sql),
      appliedAt: tx.clock.now(),
      durationMs: Math.round(performance.now() - started),
    };
    await recordMigration(tx, { ...applied, downScript: script.downScript });
    return applied;
  });
}
