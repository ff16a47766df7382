import { getSchemaVersion, tables } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";

export const registerInit: RegisterCommands = (program, surroundings) => {
  addCommand(program, surroundings, {
    usage: "init",
    description: "make the database, or bring it up to date; what is in it stays",
    run: (call) =>
      useDatabase(
        call,
        async (db) => {
          const json = { schemaVersion: await getSchemaVersion(db), engine: db.engine, tables: tables.length };
          const text = `The ${json.engine} database has ${json.tables} tables, schema version ${json.schemaVersion}.`;
          return { json, text };
        },
        { migrations: "apply", createFile: true },
      ),
  });
};
