import { type Database, getSchemaVersion, type SchemaUpdate, tables } from "@nerve/database";
import { addCommand, type Answer, type RegisterCommands } from "../command.ts";
import { describeUpdate, type UpdateOptions, useUpdatedDatabase, withoutBackup } from "../database.ts";

interface InitOptions extends UpdateOptions {
  readonly new?: true;
}

export const registerInit: RegisterCommands = (program, surroundings) => {
  addCommand<InitOptions>(program, surroundings, {
    usage: "init",
    description: "make the database, or back it up and bring it up to date; what is in it stays",
    options: (command) =>
      command
        .option("--new", "make an empty one where a key file, backups or uploaded files show that there was another")
        .option(...withoutBackup),
    run: (call) => {
      const createFile = call.options.new === true ? "anew" : true;
      return useUpdatedDatabase(call, describe, { createFile });
    },
  });
};

async function describe(db: Database, update: SchemaUpdate): Promise<Answer> {
  const json = {
    schemaVersion: await getSchemaVersion(db),
    engine: db.engine,
    tables: tables.length,
    backup: update.backup?.backupPath ?? null,
  };
  const text = `The ${json.engine} database has ${json.tables} tables, schema version ${json.schemaVersion}.`;
  return { json, text: [text, ...describeUpdate(update)].join("\n") };
}
