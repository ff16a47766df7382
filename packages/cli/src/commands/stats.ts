import { type DatabaseStats, formatBytes, getDatabaseStats } from "@nerve/database";
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

/** What NERVE keeps of itself, and nobody has put in. */
const ownTable = "schema_migrations";

function formatStats({ tableCounts, totalRecords, sizeBytes, estimated }: DatabaseStats): string {
  const rows = Object.entries(tableCounts)
    .filter(([table, count]) => count > 0 && table !== ownTable)
    .map(([table, count]) => [table, count.toLocaleString("en")]);
  const migrations = tableCounts[ownTable] ?? 0;
  const count = (totalRecords - migrations).toLocaleString("en");
  const total = `${estimated ? "About " : ""}${count} rows and ${migrations} migrations, ${formatBytes(sizeBytes)}.`;
  return `${formatTable(["TABLE", "ROWS"], rows)}\n\n${total}`;
}
