import type { Handle } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import type { Transaction } from "../database/handle.ts";
import { MigrationError } from "../errors/index.ts";
import { schemaMigrations } from "../schema/system.ts";
import { recordMigration, tableExists } from "./applied.ts";
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
 * Runs a script and records it, both or neither, while no other process migrates.
 *
 * @param db the database
 * @param script what to run
 * @param isStillWanted asked under the lock, since another process may have run it in the meantime
 * @throws {MigrationError} MIGRATION_FAILED when the script failed; nothing of it is left
 */
export async function runScript(
  db: Handle,
  script: Script,
  isStillWanted: (tx: Transaction) => Promise<boolean>,
): Promise<void> {
  await transaction(db, async (tx) => {
    await tx.connection.dialect.lockMigrations(tx.executor);
    await ensureRecordTable(tx);
    if (!(await isStillWanted(tx))) return;
    const started = performance.now();
    try {
      await tx.executor.script(script.sql);
    } catch (cause) {
      throw new MigrationError("MIGRATION_FAILED", {
        message: `Migration ${script.version} failed and was rolled back.`,
        cause,
      });
    }
    await recordMigration(tx, {
      version: script.version,
      description: script.description,
      digest: digestScript(script.sql),
      downScript: script.downScript,
      appliedAt: tx.clock.now(),
      durationMs: Math.round(performance.now() - started),
    });
  });
}
