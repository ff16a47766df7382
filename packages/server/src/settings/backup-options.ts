import type { ToolOptions } from "@nerve/database";
import type { Settings } from "./definitions.ts";

/** The programs that backups of PostgreSQL need, as far as the settings say. */
export function backupTools({ postgresPrograms }: Settings): ToolOptions {
  return postgresPrograms === null ? {} : { programsFolder: postgresPrograms };
}

/** What reading a backup takes, as far as the settings say. */
export function backupReadOptions(settings: Settings): ToolOptions & { key?: string } {
  return { ...backupTools(settings), ...(settings.backupKey === null ? {} : { key: settings.backupKey }) };
}

/** What making a backup takes, as far as the settings say. */
export function backupWriteOptions(settings: Settings): ToolOptions & { folder: string; encrypt?: { key: string } } {
  const { backupFolder: folder, backupKey: key } = settings;
  return { ...backupTools(settings), folder, ...(key === null ? {} : { encrypt: { key } }) };
}
