import { getSchemaVersion, tables } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { describeUpdate, type UpdateOptions, useUpdatedDatabase, withoutBackup } from "../database.ts";

export const registerInit: RegisterCommands = (program, surroundings) => {
  addCommand<UpdateOptions>(program, surroundings, {
    usage: "init",
    description: "make the database, or back it up and bring it up to date; what is in it stays",
    options: (command) => command.option(...withoutBackup),
    run: (call) =>
      useUpdatedDatabase(call, async (db, update) => {
        const json = {
          schemaVersion: await getSchemaVersion(db),
          engine: db.engine,
          tables: tables.length,
          backup: update.backup?.backupPath ?? null,
        };
        const text = `The ${json.engine} database has ${json.tables} tables, schema version ${json.schemaVersion}.`;
        return { json, text: [text, ...describeUpdate(update)].join("\n") };
      }),
  });
};
