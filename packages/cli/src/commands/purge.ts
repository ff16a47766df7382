import { purgeSoftDeleted } from "@nerve/database";
import { commandLine } from "../actor.ts";
import { addCommand, type RegisterCommands } from "../command.ts";
import { readSettings, useDatabase } from "../database.ts";
import { wholeNumber } from "../options.ts";
import { formatTable } from "../table.ts";

interface PurgeOptions {
  readonly olderThanDays?: number;
  readonly dryRun?: true;
}

export const registerPurge: RegisterCommands = (program, surroundings) => {
  addCommand<PurgeOptions>(program, surroundings, {
    usage: "purge",
    description: "delete for good what was soft-deleted long ago",
    options: (command) =>
      command
        .option("--older-than-days <n>", "so many days ago or more (NERVE_PURGE_AFTER_DAYS; default 90)", wholeNumber)
        .option("--dry-run", "count what would be deleted, and delete nothing"),
    run: (call) =>
      useDatabase(call, async (db) => {
        const { olderThanDays = readSettings(call).purgeAfterDays, dryRun = false } = call.options;
        const done = await purgeSoftDeleted(db, { olderThanDays, dryRun, actor: commandLine });
        const table = formatTable(["TABLE", "ROWS"], Object.entries(done.tables));
        return { json: done, text: `${table}\n\n${done.total} rows ${dryRun ? "would be" : "were"} deleted.` };
      }),
  });
};
