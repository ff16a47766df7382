import { type DatabaseStats, getDatabaseStats } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { formatTable } from "../table.ts";

interface StatsOptions {
  readonly estimate?: true;
}

export const registerStats: RegisterCommands = (program, surroundings) => {
  addCommand<StatsOptions>(program, surroundings, {
    usage: "stats",
    description: "tell how large the database is, and how many rows its tables have",
    options: (command) => command.option("--estimate", "estimate the rows of large tables in place of counting them"),
    run: (call) =>
      useDatabase(
        call,
        async (db) => {
          const stats = await getDatabaseStats(db, { exact: call.options.estimate !== true });
          return { json: stats, text: formatStats(stats) };
        },
        { migrations: "ignore" },
      ),
  });
};

function formatStats({ tableCounts, totalRecords, sizeMb, estimated }: DatabaseStats): string {
  const rows = Object.entries(tableCounts).filter(([, count]) => count > 0);
  const total = `${estimated ? "About " : ""}${totalRecords} rows, ${sizeMb} MB.`;
  return `${formatTable(["TABLE", "ROWS"], rows)}\n\n${total}`;
}
