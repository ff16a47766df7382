import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type BackupInfo, formatBytes } from "@nerve/database";
import type { Settings } from "@nerve/server/settings";
import { printableText } from "../../printable.ts";
import { formatTime } from "../../table.ts";

/** The file that was named: a path, or the name alone of one in the folder of the backups. */
export function findBackupFile(name: string, { backupFolder }: Settings): string {
  return basename(name) === name && !existsSync(name) ? join(backupFolder, name) : name;
}

/** A backup as a line of a table has it. */
export function backupCells(backup: BackupInfo): (string | number | Date)[] {
  const { backupPath, createdAt, sizeBytes, engine, schemaVersion, verified, encrypted, signed } = backup;
  // Whoever can write a manifest can write that it was verified.
  const state = signed ? [verified ? "verified" : "NOT verified"] : ["NOT signed by this installation"];
  const words = [...state, ...(encrypted ? ["encrypted"] : [])];
  return [basename(backupPath), createdAt, formatBytes(sizeBytes), engine, schemaVersion ?? "none", words.join(", ")];
}

export const backupHeadings = ["FILE", "STATE OF", "SIZE", "ENGINE", "SCHEMA", "STATE"];

/** Names beyond this number are only counted. */
const namesShown = 5;

function inSchema(schema: string | null): string {
  return schema === null || schema === "public" ? "" : `, in the schema ${schema}`;
}

/** What no backup holds of its database, in a line. */
export function describeLeftOut(leftOut: readonly Readonly<BackupInfo["leftOut"][number]>[]): string {
  const shown = leftOut.slice(0, namesShown).map(({ kind, name }) => `${kind} ${name}`);
  const more = leftOut.length > namesShown ? ` and ${leftOut.length - namesShown} more (--json lists them)` : "";
  return `In no backup, since it is not NERVE's: ${shown.join(", ")}${more}.`;
}

/** A backup in a few lines. */
export function describeInLines({ backupPath, createdAt, sizeBytes, sha256, verified, ...more }: BackupInfo): string[] {
  const rows = Object.values(more.rowCounts).reduce((sum, count) => sum + count, 0);
  return [
    backupPath,
    `State of ${formatTime(createdAt)}: ${rows.toLocaleString("en")} rows, ${more.engine}, schema version ${more.schemaVersion ?? "none"}${inSchema(more.schema)}.`,
    `${formatBytes(sizeBytes)}, ${more.encrypted ? "encrypted" : "not encrypted"}, SHA-256 ${sha256}`,
    verified ? "It was restored to a scratch database, and found equal." : "It has NOT been verified.",
    ...(more.signed ? [] : ["It is NOT signed by a key of this installation: anybody may have written it."]),
    ...(more.leftOut.length === 0 ? [] : [describeLeftOut(more.leftOut)]),
    ...(more.uploads === null ? [] : [`With ${more.uploads.files} uploaded files.`]),
  ];
}

/** Files that lie among the backups and are none, in a line; no line where there are none. */
export function describeIncomplete(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, namesShown).join(", ");
  const more = names.length > namesShown ? `, and ${names.length - namesShown} more` : "";
  const files = names.length === 1 ? "1 file that is" : `${names.length} files that are`;
  return [printableText(`And ${files} no complete backup: ${shown}${more}.`)];
}
