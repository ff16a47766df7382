import {
  type Database,
  getMigrationStatus,
  type MigrationStatus,
  NotFoundError,
  rollbackMigration,
} from "@nerve/database";
import { addCommand, addGroup, type Answer, type RegisterCommands } from "../command.ts";
import { describeUpdate, type UpdateOptions, useDatabase, useUpdatedDatabase, withoutBackup } from "../database.ts";
import { printableLine } from "../printable.ts";
import { formatTable } from "../table.ts";

export const registerMigrate: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "migrate", "look at and change the version of the database's schema");

  addCommand(group, surroundings, {
    usage: "status",
    description: "tell which migrations are applied, and which pending",
    run: (call) => useDatabase(call, answerStatus, { migrations: "ignore" }),
  });

  addCommand<UpdateOptions>(group, surroundings, {
    usage: "up",
    description: "apply the pending migrations, after a backup",
    options: (command) => command.option(...withoutBackup),
    run: (call) =>
      useUpdatedDatabase(call, async (db, update) => {
        const status = await getMigrationStatus(db);
        const text = [...describeUpdate(update), formatStatus(status)].join("\n");
        return { json: { ...status, backup: update.backup?.backupPath ?? null }, text };
      }),
  });

  addCommand(group, surroundings, {
    usage: "rollback",
    description: "undo the newest migration, with the data in what it made; back up first",
    run: (call) =>
      useDatabase(
        call,
        async (db) => {
          const newest = (await getMigrationStatus(db)).applied.at(-1);
          if (newest === undefined) throw new NotFoundError({ message: "No migration was applied." });
          await rollbackMigration(db, newest.version);
          return answerStatus(db);
        },
        { migrations: "ignore" },
      ),
  });
};

async function answerStatus(db: Database): Promise<Answer> {
  const status = await getMigrationStatus(db);
  return { json: status, text: formatStatus(status) };
}

function formatStatus({ schemaVersion, applied, pending }: MigrationStatus): string {
  const rows = [
    ...applied.map(({ version, description, appliedAt }) => [version, description, appliedAt]),
    ...pending.map(({ version, description }) => [version, description, "pending"]),
  ];
  return `Schema version ${printableLine(schemaVersion ?? "none")}\n\n${formatTable(["VERSION", "DESCRIPTION", "APPLIED"], rows)}`;
}
