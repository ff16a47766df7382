import {
  type CarriedOver,
  previewRestore,
  restoreBackup,
  type RestoreOutcome,
  type RestorePreview,
  type TablePreview,
} from "@nerve/database";
import { backupReadOptions, restoreOptions } from "@nerve/server/settings";
import type { Command } from "commander";
import { commandLine } from "../../actor.ts";
import { findBackupFile } from "./files.ts";
import { addCommand, type Answer, type Call, type Surroundings } from "../../command.ts";
import { readSettings, useDatabase } from "../../database.ts";
import { UsageError } from "../../failure.ts";
import { printableText } from "../../printable.ts";
import { createStepReport } from "../../progress.ts";
import { formatTable, formatTime } from "../../table.ts";

/** What says that a backup is taken that this installation did not sign. */
export interface TrustGiven {
  readonly trustUnsigned?: true;
}

export const trustUnsigned = [
  "--trust-unsigned",
  "take a backup that no key of this installation signed: whoever wrote it decides what comes back",
] as const;

interface RestoreOptions extends TrustGiven {
  readonly confirm?: true;
  readonly dryRun?: true;
  readonly asItWas?: true;
  readonly uploads?: string;
}

/** Adds `nerve backup restore`. */
export function addRestoreCommand(group: Command, surroundings: Surroundings): void {
  addCommand<RestoreOptions>(group, surroundings, {
    usage: "restore",
    description: "put a backup in the database's place, all or nothing; the present state is backed up first",
    options: (command) =>
      command
        .argument("<file>", "any file of the backup; its name alone does")
        .option("--confirm", "replace what the database holds")
        .option("--dry-run", "tell what would come back and what would be lost, and change nothing")
        .option(
          "--as-it-was",
          "bring back also what was ended since: sessions, links, revoked keys, suspended accounts, former passwords",
        )
        .option("--uploads <folder>", "the folder of uploaded files (NERVE_UPLOADS_FOLDER)")
        .option(...trustUnsigned),
    fields: {
      path: "The file",
      key: "NERVE_BACKUP_KEY",
      uploads: "--uploads (NERVE_UPLOADS_FOLDER)",
      folder: "NERVE_BACKUP_FOLDER",
    },
    run(call) {
      const { confirm, dryRun } = call.options;
      if (dryRun === true) return preview(call);
      if (confirm === true) return restore(call);
      throw new UsageError(
        "A restore replaces what the database holds.",
        "See first what it would change with --dry-run, then say --confirm.",
      );
    },
  });
}

async function preview(call: Call<RestoreOptions>): Promise<Answer> {
  const settings = readSettings(call);
  const path = findBackupFile(call.words[0] ?? "", settings);
  const options = { ...backupReadOptions(settings), trustUnsigned: call.options.trustUnsigned ?? false };
  const found = await useDatabase(call, (db) => previewRestore(db, path, options), { migrations: "ignore" });
  const tables = found.tables.map((table) => ({ ...table, missingRows: missingRows(table) }));
  return { json: { ...found, tables }, text: formatPreview(found) };
}

/** Rows of the backup that the database has no more. */
function missingRows({ rowsInBackup, rowsInDatabase, newerRows }: TablePreview): number {
  return Math.max(0, rowsInBackup - (rowsInDatabase - newerRows));
}

function formatPreview({ backup, tables }: RestorePreview): string {
  const differing = tables.filter((table) => table.newerRows > 0 || table.rowsInBackup !== table.rowsInDatabase);
  const rows = differing.map((table) => [
    table.table,
    table.rowsInBackup,
    table.rowsInDatabase,
    missingRows(table),
    table.newerRows,
  ]);
  return [
    `The backup holds the state of ${formatTime(backup.createdAt)}.`,
    formatTable(["TABLE", "IN BACKUP", "NOW", "COME BACK", "LOST"], rows),
    "Newer rows of audit_logs and security_events are carried over, unless the restore is to be --as-it-was.",
    "Changes of rows that are in both are not counted. This was a dry run: nothing was changed.",
  ].join("\n\n");
}

async function restore(call: Call<RestoreOptions>): Promise<Answer> {
  const settings = readSettings(call, { NERVE_UPLOADS_FOLDER: call.options.uploads });
  const path = findBackupFile(call.words[0] ?? "", settings);
  // By its URL: a database that is damaged or missing cannot be opened first.
  const outcome = await restoreBackup(settings.databaseUrl, path, {
    ...restoreOptions(settings),
    confirm: true,
    trustUnsigned: call.options.trustUnsigned ?? false,
    asItWas: call.options.asItWas ?? false,
    actor: commandLine,
    onProgress: createStepReport(call.context),
  });
  const { durationMs, rowCounts, schemaVersion } = outcome;
  const total = Object.values(rowCounts).reduce((sum, count) => sum + count, 0);
  const lines = [
    `Restored ${total} rows, schema version ${schemaVersion ?? "none"}, in ${durationMs} ms.`,
    ...describeAccess(outcome),
    ...(outcome.superAdministrators > 0 ? [] : [nobodyLeft]),
    stateBefore(outcome),
    ...(outcome.keptUploads === null ? [] : [`The uploaded files before are kept in ${outcome.keptUploads}`]),
  ];
  return { json: { success: true, backupPath: path, ...outcome }, text: printableText(lines.join("\n")) };
}

/** What the restore gave nobody back. */
function describeAccess({ ended, carriedOver, preRestoreBackup, kept }: RestoreOutcome): string[] {
  if (ended === null)
    return ["Everything is as it was: also what had been ended since, such as sessions and API keys."];
  const closed = `Ended: ${ended.sessions} sessions, ${ended.links} links.`;
  if (preRestoreBackup === null && kept === null) return [closed];
  if (carriedOver === null) {
    return [
      closed,
      "Nothing was carried over, for the state before could not be read. Look through keys, accounts and passwords.",
    ];
  }
  const parts = Object.entries(carriedOver)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${carriedWords[name as keyof CarriedOver]}`);
  return [closed, `Carried over from the state before: ${parts.length === 0 ? "nothing" : parts.join(", ")}.`];
}

const nobodyLeft =
  "No super administrator is left who may act: `nerve user create --email … --role super_admin --password-stdin` makes one.";

const carriedWords: Readonly<Record<keyof CarriedOver, string>> = {
  usersDeleted: "deletions of users",
  usersSuspended: "suspensions of users",
  rolesLowered: "lower roles",
  passwords: "newer passwords",
  secondFactors: "states of second factors",
  companiesDeleted: "deletions of companies",
  twoFactorDemands: "demands of a second factor",
  apiKeysRevoked: "revocations of API keys",
  auditRows: "rows of the audit log",
  securityEvents: "security events",
};

/** What became of the state that was replaced. */
function stateBefore({ preRestoreBackup, kept }: RestoreOutcome): string {
  if (preRestoreBackup !== null) return `The state before: ${preRestoreBackup}`;
  if (kept !== null) return `The state before was too damaged to be backed up. It is kept as ${kept}`;
  return "There was no state to back up before.";
}
