import { basename } from "node:path";
import type { Actor } from "../../access/actor.ts";
import type { Database } from "../../database/handle.ts";
import { DatabaseError } from "../../errors/index.ts";
import { getSchemaVersion } from "../../migrations/applied.ts";
import { migrations } from "../../migrations/index.ts";
import { logAudit } from "../../operation/log-audit.ts";
import type { BackupInfo } from "./backup-info.ts";

/** Who made a backup, and who is told when the audit log cannot be written. */
export interface RecordOptions {
  readonly actor?: Actor | undefined;
  readonly onUnrecorded?: ((cause: DatabaseError) => void) | undefined;
}

/**
 * Records in the audit log that a backup was made. A schema of another version may lack what a row of the log has: nothing is
 * written into it, and whoever brings it up to date records the backup then. A log that cannot be written takes no backup away.
 */
export async function recordBackup(
  db: Database,
  { backupPath, sha256 }: BackupInfo,
  { actor, onUnrecorded }: RecordOptions,
): Promise<void> {
  if ((await getSchemaVersion(db)) !== migrations.at(-1)?.version) return;
  try {
    await logAudit(db, { action: "backup_created", metadata: { backup: basename(backupPath), sha256 }, actor });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    onUnrecorded?.(error);
  }
}
