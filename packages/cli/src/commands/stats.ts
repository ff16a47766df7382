import { countOlderHashes, type Database, type DatabaseStats, formatBytes, getDatabaseStats } from "@nerve/database";
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
          const olderPasswordHashes = await countOlder(db, stats);
          const text = [formatStats(stats), ...describeOlder(olderPasswordHashes)].join("\n");
          return { json: { ...stats, olderPasswordHashes }, text };
        },
        { migrations: "ignore" },
      ),
  });
};

/** Accounts whose password hash is of an older kind; null for a database without accounts to be. */
async function countOlder(db: Database, { tableCounts }: DatabaseStats): Promise<number | null> {
  return Object.hasOwn(tableCounts, "users") ? countOlderHashes(db) : null;
}

function describeOlder(accounts: number | null): string[] {
  if (accounts === null || accounts === 0) return [];
  const count = accounts === 1 ? "1 account has" : `${accounts.toLocaleString("en")} accounts have`;
  return [`${count} a password hash of an older kind, which the next sign-in replaces.`];
}

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
