import { basename } from "node:path";
import {
  type Actor,
  type Database,
  getUser,
  logAudit,
  logSecurityEvent,
  type RestoreOutcome,
  transaction,
} from "@nerve/database";

/** A restore that is done. */
export interface DoneRestore {
  /** Any file of the backup. */
  readonly path: string;
  readonly outcome: RestoreOutcome;
  readonly actor: Actor;
  /** E-mail address of the actor, who may be nobody in the restored database. */
  readonly email?: string;
}

/** Records a restore in the restored database: in its audit log, and as a security event. */
export async function recordRestore(db: Database, { path, outcome, actor, email }: DoneRestore): Promise<void> {
  const { userId, ...origin } = actor;
  const user = userId === null ? null : await getUser(db, userId);
  // The account of the same number may be somebody else's, or not be there at all.
  const known = user !== null && user.email === email ? userId : null;
  const backup = basename(path);
  const preRestoreBackup = outcome.preRestoreBackup === null ? null : basename(outcome.preRestoreBackup);
  const metadata = { backup, preRestoreBackup, migrationsApplied: outcome.migrationsApplied, by: email ?? null };
  const description = `The database was restored from ${backup}.`;
  await transaction(db, async (tx) => {
    await logAudit(tx, { action: "database_restored", description, metadata, actor: { userId: known, ...origin } });
    await logSecurityEvent(tx, {
      eventType: "database_restored",
      severity: "high",
      description,
      metadata,
      ...(known === null ? {} : { userId: known }),
      ...origin,
    });
  });
}
