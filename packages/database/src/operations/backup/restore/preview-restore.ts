import { z } from "zod";
import type { Database } from "../../../database/handle.ts";
import { parseInput } from "../../../validation/input.ts";
import { type BackupInfo, describeBackup } from "../backup-info.ts";
import * as fields from "../fields.ts";
import { findKeyRing, trustFields, type TrustOptions } from "../manifest/signature.ts";
import { openBackup, portOf, refuseUnfit } from "../open-backup.ts";

/** What a restore would do to one table. */
export interface TablePreview {
  table: string;
  rowsInBackup: number;
  rowsInDatabase: number;
  /** Rows that came after the backup's last one, and would be lost. Changes of older rows are not counted. */
  newerRows: number;
}

/** What a restore would do. */
export interface RestorePreview {
  backup: BackupInfo;
  /** The schema that the database has now; the backup's is migrated to what this NERVE knows. */
  schemaVersion: string | null;
  tables: TablePreview[];
}

const schema = z.strictObject({ key: z.string().optional(), ...trustFields, ...fields.toolFields });

/**
 * Says what a backup holds and what restoring it would lose, and changes nothing.
 *
 * @param db the database that would be restored
 * @param path any file of the backup
 * @param options `key` of an encrypted backup; `trustUnsigned` as for `verifyBackup`
 * @returns the backup, and for each table its rows there, here, and the newer ones that would be lost
 * @throws {BackupError} BACKUP_INVALID, SECRET_UNREADABLE as `verifyBackup`; the backup itself is not read
 * @throws {ValidationError} INVALID_INPUT when the backup is of the other engine
 * @example
 * const { backupPath } = await createBackup(db, { folder: "backups" });
 * const { tables } = await previewRestore(db, backupPath);
 * const lost = tables.filter(({ newerRows }) => newerRows > 0);
 */
export async function previewRestore(
  db: Database,
  path: string,
  options: { key?: string | undefined } & fields.ToolOptions & TrustOptions = {},
): Promise<RestorePreview> {
  const { key: secret, trustUnsigned, keys, keyFile, ...tools } = parseInput(schema, options);
  const ring = await findKeyRing(db, { keys, keyFile });
  const backup = await openBackup(parseInput(fields.path(), path, { field: "path" }), { secret, ring, trustUnsigned });
  const port = await portOf(db, tools);
  await refuseUnfit(port, backup);
  const { manifest } = backup;
  const now = await port.inspect();
  const newer = await port.countBeyond(manifest.lastIds);
  const tables = new Set([...Object.keys(manifest.rowCounts), ...Object.keys(now.rowCounts)]);
  return {
    backup: describeBackup(path, manifest, backup.signed),
    schemaVersion: now.schemaVersion,
    tables: [...tables].toSorted().map((table) => ({
      table,
      rowsInBackup: manifest.rowCounts[table] ?? 0,
      rowsInDatabase: now.rowCounts[table] ?? 0,
      newerRows: newer[table] ?? 0,
    })),
  };
}
