import { exportSchema } from "@nerve/database";
import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { printableText } from "../printable.ts";

export const registerSchema: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "schema", "the database's tables, constraints and indexes");

  addCommand(group, surroundings, {
    usage: "export",
    description: "print SQL that makes the schema again on an empty database of the same engine",
    run: (call) =>
      useDatabase(
        call,
        async (db) => {
          const sql = await exportSchema(db);
          // To a file it goes as it is: it must run.
          return { json: { sql }, text: (call.context.stdout.isTTY === true ? printableText(sql) : sql).trimEnd() };
        },
        { migrations: "ignore" },
      ),
  });
};
