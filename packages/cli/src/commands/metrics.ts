import { addCommand, type RegisterCommands } from "../command.ts";
import { readSettings, useDatabase } from "../database.ts";

export const registerMetrics: RegisterCommands = (program, surroundings) => {
  addCommand(program, surroundings, {
    usage: "metrics",
    description: "print the database's metrics in Prometheus' text format",
    run: (call) =>
      useDatabase(call, async (db) => {
        const { databaseMetrics } = await import("@nerve/server");
        const text = (await databaseMetrics(db, readSettings(call))).trimEnd();
        return { json: { metrics: text }, text };
      }),
  });
};
