import {
  type Database,
  openDatabase,
  type OpenOptions,
  type SchemaUpdate,
  updateSchema,
  withNotices,
} from "@nerve/database";
import { databaseOptions, parseSettings, type Settings, updateOptions, warningOfForeign } from "@nerve/server/settings";
import { commandLine } from "./actor.ts";
import type { Call } from "./command.ts";
import { readGivenUrl } from "./given-url.ts";
import { printableLine } from "./printable.ts";
import { warn } from "./warnings.ts";

/**
 * Reads the settings: what was given on the command line goes before the environment.
 *
 * @param given settings by their names in the environment; those that are undefined were not given
 */
export function readSettings(
  { context, options }: Call,
  given: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const { database: url, databaseFile: file } = options;
  const warning = warningOfForeign(context.environment);
  if (warning !== undefined) warn(context, warning);
  const all = { NERVE_DATABASE_URL: readGivenUrl(context, { url, file, option: "--database" }), ...given };
  const chosen = Object.entries(all).filter(([, value]) => value !== undefined);
  return parseSettings({ ...context.environment, ...Object.fromEntries(chosen) });
}

/**
 * Opens the database that the command is about, and closes it when the work is done.
 *
 * Unless told otherwise, it makes none and migrates none: a typing error in the URL must not leave a new, empty database,
 * nor a look at a database change it.
 */
export async function useDatabase<T>(
  call: Call,
  work: (db: Database) => Promise<T>,
  wish: Pick<OpenOptions, "migrations" | "createFile"> = {},
): Promise<T> {
  const settings = readSettings(call);
  const options: OpenOptions = { ...databaseOptions(settings), migrations: "refuse", createFile: false, ...wish };
  const db = await openDatabase(settings.databaseUrl, options);
  try {
    // Where a server sends mails, it sends those of what a command does, too.
    return await work(settings.mailServer === null ? db : withNotices(db));
  } finally {
    await db.close();
  }
}

/** An option of the commands that migrate. */
export interface UpdateOptions {
  readonly backup: boolean;
}

export const withoutBackup = [
  "--no-backup",
  "migrate without a backup before (NERVE_BACKUP_BEFORE_MIGRATION)",
] as const;

/** Makes the database where there is none and applies what is pending, after a backup unless that is turned off. */
export function useUpdatedDatabase<T>(
  call: Call<UpdateOptions>,
  work: (db: Database, update: SchemaUpdate) => Promise<T>,
  { createFile = true }: Pick<OpenOptions, "createFile"> = {},
): Promise<T> {
  const { backup, formerBackups } = updateOptions(readSettings(call));
  const options = {
    backup: call.options.backup && backup !== null ? { ...backup, actor: commandLine } : null,
    ...(createFile === "anew" ? {} : { formerBackups }),
  };
  return useDatabase(call, async (db) => work(db, await updateSchema(db, options)), {
    migrations: "ignore",
    createFile,
  });
}

/** The lines that tell of the backup before a migration; none where there was none. */
export function describeUpdate({ backup }: SchemaUpdate): string[] {
  return backup === null ? [] : [`The state before: ${printableLine(backup.backupPath)}`];
}
