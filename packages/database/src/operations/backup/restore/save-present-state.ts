import { dirname } from "node:path";
import type { Clock } from "../../../database/clock.ts";
import type { BackupPort, CopySource } from "../../../engines/port/backup.ts";
import { DatabaseError, type ErrorCode } from "../../../errors/index.ts";
import type { RestoredState } from "../carry-over/index.ts";
import { makeBackup } from "../make-backup.ts";
import { manifestPathOf } from "../manifest/names.ts";
import type { Trust } from "../open-backup.ts";
import type { StoredBackup } from "../parts/parts.ts";
import { verifyInScratch } from "../verify-contents.ts";

/** What saving the state that a restore replaces takes. */
export interface SavingTask {
  readonly port: BackupPort;
  /** The backup that is restored. */
  readonly backup: StoredBackup;
  /** Whom that is taken from; the one of the present state is signed by the same. */
  readonly trust: Trust;
  readonly clock: Clock;
  readonly options: { readonly folder?: string | undefined; readonly uploads?: string | null | undefined };
}

/** What a damaged or foreign database, and no full disk or lost connection, makes of its backup. */
const signsOfDamage: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BACKUP_INVALID",
  "BACKUP_FAILED",
  "CORRUPT",
  "SCHEMA_NEWER",
  "MIGRATION_EDITED",
  "MIGRATION_FAILED",
]);

/**
 * Backs the present state up. Where it is restored for a trial, what it holds can be read at rest: that is when what must
 * not be given back goes over into the state that takes its place.
 * @returns the path of the backup; null when the state is too damaged for one
 */
export async function savePresentState(
  { port, backup, trust, clock, options }: SavingTask,
  source: CopySource,
  next: RestoredState,
): Promise<string | null> {
  const faults: unknown[] = [];
  const made = await unlessDamaged(() =>
    makeBackup({
      source,
      engine: backup.manifest.engine,
      extension: port.extension,
      clock,
      folder: options.folder ?? dirname(manifestPathOf(backup.path)),
      uploads: options.uploads ?? undefined,
      compress: backup.manifest.compression,
      secret: trust.secret,
      ring: trust.ring,
      reason: "pre-restore",
      verify: (trial, workFolder) =>
        verifyInScratch(port, trial, workFolder, {
          anySchema: true,
          // A fault in the new state says nothing of the present one.
          onVerified: (url) => next.takeFrom(url).catch((fault: unknown) => void faults.push(fault)),
        }),
      longestWaitMs: () => 0,
      onProgress: () => undefined,
    }),
  );
  for (const fault of faults) throw fault;
  return made?.path ?? null;
}

async function unlessDamaged<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError && signsOfDamage.has(error.code)) return null;
    throw error;
  }
}
