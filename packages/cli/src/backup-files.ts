import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { BackupInfo } from "@nerve/database";
import type { Settings } from "@nerve/server/settings";
import { printableText } from "./printable.ts";
import { formatTime } from "./table.ts";

/** The file that was named: a path, or the name alone of one in the folder of the backups. */
export function findBackupFile(name: string, { backupFolder }: Settings): string {
  return basename(name) === name && !existsSync(name) ? join(backupFolder, name) : name;
}

/** A backup as a line of a table has it. */
export function backupCells(backup: BackupInfo): (string | number | Date)[] {
  const { backupPath, createdAt, sizeBytes, engine, schemaVersion, verified, encrypted, signed } = backup;
  const words = [verified ? "verified" : "NOT verified", ...(encrypted ? ["encrypted"] : [])];
  if (!signed) words.push("NOT signed by this installation");
  return [basename(backupPath), createdAt, sizeBytes, engine, schemaVersion ?? "none", words.join(", ")];
}

export const backupHeadings = ["FILE", "STATE OF", "BYTES", "ENGINE", "SCHEMA", "STATE"];

/** A backup in a few lines. */
export function describeInLines({ backupPath, createdAt, sizeBytes, sha256, verified, ...more }: BackupInfo): string[] {
  const rows = Object.values(more.rowCounts).reduce((sum, count) => sum + count, 0);
  return [
    backupPath,
    `State of ${formatTime(createdAt)}: ${rows} rows, ${more.engine}, schema version ${more.schemaVersion ?? "none"}.`,
    `${sizeBytes} bytes, ${more.encrypted ? "encrypted" : "not encrypted"}, SHA-256 ${sha256}`,
    verified ? "It was restored to a scratch database, and found equal." : "It has NOT been verified.",
    ...(more.signed ? [] : ["It is NOT signed by a key of this installation: anybody may have written it."]),
    ...(more.uploads === null ? [] : [`With ${more.uploads.files} uploaded files.`]),
  ];
}

/** Names beyond this number are only counted. */
const namesShown = 5;

/** Files that lie among the backups and are none, in a line; no line where there are none. */
export function describeIncomplete(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, namesShown).join(", ");
  const more = names.length > namesShown ? `, and ${names.length - namesShown} more` : "";
  const files = names.length === 1 ? "1 file that is" : `${names.length} files that are`;
  return [printableText(`And ${files} no complete backup: ${shown}${more}.`)];
}
