import { basename } from "node:path";
import type { Actor } from "../../../access/actor.ts";
import type { Transaction } from "../../../database/handle.ts";
import { statement } from "../../../database/statement.ts";
import { logAudit } from "../../../operation/log-audit.ts";
import { logSecurityEvent } from "../../../security/log-security-event.ts";
import type { JsonValue } from "../../../schema/kit/index.ts";
import type { CarriedOver } from "./carry-over.ts";
import type { EndedAccess } from "./end-all-access.ts";

/** A restore as its records tell of it. */
export interface RecordedRestore {
  /** Any file of the backup. */
  readonly path: string;
  readonly preRestoreBackup: string | null;
  readonly migrationsApplied: readonly string[];
  readonly ended: EndedAccess | null;
  readonly carriedOver: CarriedOver | null;
  readonly actor: Actor;
  /** E-mail address of the actor, who may be nobody in the restored state. */
  readonly email: string | undefined;
}

const findEmail = statement((sql, p: { id: number }) => sql.selectFrom("users").select("email").where("id", "=", p.id));

/** Records a restore in the state that it brings back: in its audit log, and as a security event. */
export async function recordRestore(tx: Transaction, restore: RecordedRestore): Promise<void> {
  const { path, preRestoreBackup, migrationsApplied, ended, carriedOver, email } = restore;
  const { userId, ...origin } = restore.actor;
  const user = userId === null ? null : await findEmail.first(tx, { id: userId });
  // The account of the same number may be somebody else's, or not be there at all.
  const known = user !== null && user.email === email ? userId : null;
  const backup = basename(path);
  const metadata: JsonValue = {
    backup,
    preRestoreBackup: preRestoreBackup === null ? null : basename(preRestoreBackup),
    migrationsApplied: [...migrationsApplied],
    by: email ?? null,
    ended: ended === null ? null : { ...ended },
    carriedOver: carriedOver === null ? null : { ...carriedOver },
  };
  const description = `The database was restored from ${backup}.`;
  await logAudit(tx, { action: "database_restored", description, metadata, actor: { userId: known, ...origin } });
  await logSecurityEvent(tx, {
    eventType: "database_restored",
    severity: "high",
    description,
    metadata,
    ...(known === null ? {} : { userId: known }),
    ...origin,
  });
}
