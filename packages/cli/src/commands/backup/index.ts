import { existsSync } from "node:fs";
import {
  BackupError,
  createBackup,
  findIncompleteBackups,
  type CreateBackupOptions,
  getBackupInfo,
  listBackups,
  pruneBackups,
  verifyBackup,
} from "@nerve/database";
import { backupReadOptions, backupWriteOptions, type Settings, signatureOptions } from "@nerve/server/settings";
import type { Command } from "commander";
import { commandLine } from "../../actor.ts";
import { backupCells, backupHeadings, describeIncomplete, describeInLines, findBackupFile } from "./files.ts";
import { addCommand, addGroup, type Answer, type Call, type RegisterCommands } from "../../command.ts";
import { readSettings, useDatabase } from "../../database.ts";
import { exitCodes, UsageError } from "../../failure.ts";
import { choice, wholeNumber } from "../../options.ts";
import { printableText } from "../../printable.ts";
import { createStepReport } from "../../progress.ts";
import { formatTable } from "../../table.ts";
import { warn } from "../../warnings.ts";
import { addRestoreCommand, trustUnsigned, type TrustGiven } from "./restore.ts";

interface FolderOptions {
  readonly dir?: string;
}

interface CreateOptions extends FolderOptions {
  readonly compress?: "none" | "gzip" | "zstd" | true;
  readonly verify: boolean;
  readonly uploads?: string;
}

interface PruneOptions extends FolderOptions {
  readonly keep?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly dryRun?: true;
}

const dir = ["--dir <folder>", "the folder of the backups (NERVE_BACKUP_FOLDER; default data/backups)"] as const;

export const registerBackup: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "backup", "make, check, restore and thin out backups");

  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "back the database up while it is in use; encrypted where NERVE_BACKUP_KEY is set",
    options: addCreateOptions,
    fields: { folder: "--dir (NERVE_BACKUP_FOLDER)", encrypt: "NERVE_BACKUP_KEY" },
    run: runCreate,
  });

  addCommand<FolderOptions>(group, surroundings, {
    usage: "list",
    description: "list the backups, newest first",
    options: (command) => command.option(...dir),
    async run(call) {
      const settings = settingsOf(call);
      const backups = await listBackups(settings.backupFolder, signatureOptions(settings));
      const incomplete = await findIncompleteBackups(settings.backupFolder);
      const lines = [formatTable(backupHeadings, backups.map(backupCells)), ...describeIncomplete(incomplete)];
      return { json: { backups, incomplete }, text: lines.join("\n\n") };
    },
  });

  addCommand(group, surroundings, {
    usage: "info",
    description: "tell what a backup holds, without reading it",
    options: (command) => command.argument("<file>", "any file of the backup; its name alone does"),
    fields: { path: "The file" },
    async run(call) {
      const settings = readSettings(call);
      const info = await getBackupInfo(findBackupFile(call.words[0] ?? "", settings), signatureOptions(settings));
      return { json: info, text: printableText(describeInLines(info).join("\n")) };
    },
  });

  addCommand<TrustGiven>(group, surroundings, {
    usage: "verify",
    description: "restore a backup to a scratch database and compare; ends with 1 when it is not good",
    options: (command) =>
      command.argument("<file>", "any file of the backup; its name alone does").option(...trustUnsigned),
    fields: { path: "The file" },
    run: runVerify,
  });

  addRestoreCommand(group, surroundings);

  addCommand<PruneOptions>(group, surroundings, {
    usage: "prune",
    description: "delete old backups, but never the last good one; what any rule keeps stays",
    options: addPruneOptions,
    run: runPrune,
  });
};

function addCreateOptions(command: Command): Command {
  return command
    .option(...dir)
    .addOption(
      choice("--compress [method]", "make it smaller, by zstd unless told (NERVE_BACKUP_COMPRESSION)", [
        "none",
        "gzip",
        "zstd",
      ]),
    )
    .option("--no-verify", "do not restore it to a scratch database and compare")
    .option("--uploads <folder>", "the folder of uploaded files, which are backed up with it (NERVE_UPLOADS_FOLDER)");
}

function addPruneOptions(command: Command): Command {
  return command
    .option(...dir)
    .option("--keep <n>", "keep so many of the newest", wholeNumber)
    .option("--daily <n>", "keep the newest of each of so many days", wholeNumber)
    .option("--weekly <n>", "keep the newest of each of so many weeks", wholeNumber)
    .option("--monthly <n>", "keep the newest of each of so many months", wholeNumber)
    .option("--dry-run", "tell what would be deleted, and delete nothing");
}

function settingsOf(call: Call<FolderOptions>): Settings {
  return readSettings(call, { NERVE_BACKUP_FOLDER: call.options.dir });
}

async function runCreate(call: Call<CreateOptions>): Promise<Answer> {
  const { compress, verify, uploads, dir: folder } = call.options;
  if (uploads !== undefined && !existsSync(uploads)) {
    throw new UsageError(
      `There is no folder ${uploads}.`,
      "Give the folder of uploaded files, or leave --uploads out.",
    );
  }
  const given = {
    NERVE_BACKUP_FOLDER: folder,
    NERVE_UPLOADS_FOLDER: uploads,
    NERVE_BACKUP_COMPRESSION: compress === true ? "zstd" : compress,
  };
  const options: CreateBackupOptions = {
    ...backupWriteOptions(readSettings(call, given)),
    verify,
    actor: commandLine,
    onUnrecorded: ({ message }) => warn(call.context, `The backup is not in the audit log: ${message}`),
    onProgress: createStepReport(call.context),
  };
  // Whatever the schema: before an update it is an older one.
  const info = await useDatabase(call, (db) => createBackup(db, options), { migrations: "ignore" });
  return { json: { success: true, ...info }, text: printableText(describeInLines(info).join("\n")) };
}

async function runVerify(call: Call<TrustGiven>): Promise<Answer> {
  const settings = readSettings(call);
  const path = findBackupFile(call.words[0] ?? "", settings);
  try {
    const info = await verifyBackup(path, {
      ...backupReadOptions(settings),
      trustUnsigned: call.options.trustUnsigned ?? false,
      server: settings.databaseUrl,
    });
    return { json: { success: true, ...info }, text: printableText(describeInLines(info).join("\n")) };
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== "BACKUP_INVALID") throw error;
    const { code, message, help } = error;
    return {
      json: { success: false, backupPath: path, verified: false, error: { code, message, help } },
      text: printableText(`The backup is NOT good: ${message}\n${help}`),
      exitCode: exitCodes.no,
    };
  }
}

async function runPrune(call: Call<PruneOptions>): Promise<Answer> {
  const { keep, daily, weekly, monthly, dryRun } = call.options;
  const settings = settingsOf(call);
  const rules = { keep, daily, weekly, monthly, dryRun: dryRun ?? false, ...signatureOptions(settings) };
  const { kept, deleted } = await pruneBackups(settings.backupFolder, rules);
  const rows = [...kept.map((id) => [id, "kept"]), ...deleted.map((id) => [id, dryRun ? "would go" : "deleted"])];
  return { json: { kept, deleted }, text: formatTable(["BACKUP", "OUTCOME"], rows) };
}
