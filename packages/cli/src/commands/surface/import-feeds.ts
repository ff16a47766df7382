import { type Database, type FeedReceipt, importEpss, importKev, reportFile } from "@nerve/database";
import type { Command } from "commander";
import { commandLineCaller } from "../../actor.ts";
import { addCommand, type Answer, type Call, type Surroundings } from "../../command.ts";
import { useDatabase } from "../../database.ts";

interface FeedOptions {
  readonly force?: true;
}

const feeds = [
  {
    usage: "epss",
    description: "load the scores of exploitation that FIRST publishes, and let findings follow",
    file: "the CSV, packed with gzip or not",
    load: importEpss,
  },
  {
    usage: "kev",
    description: "load the catalogue of what CISA knows to be exploited, and let findings follow",
    file: "its JSON or CSV, packed with gzip or not",
    load: importKev,
  },
] as const;

/** Adds the commands that load what is known of exploitation. */
export function addFeedImports(group: Command, surroundings: Surroundings): void {
  for (const { usage, description, file, load } of feeds) {
    addCommand<FeedOptions>(group, surroundings, {
      usage,
      description,
      options: (command) =>
        command.argument("<file>", file).option("--force", "take a file of fewer than half the rows that are loaded"),
      run: (call) => useDatabase(call, (db) => loadFeed(db, call, load)),
    });
  }
}

async function loadFeed(
  db: Database,
  { options, words: [path = ""] }: Call<FeedOptions>,
  load: typeof importEpss,
): Promise<Answer> {
  const receipt = await load(db, { source: await reportFile(path), force: options.force ?? false }, commandLineCaller);
  return { json: receipt, text: describe(receipt) };
}

function describe({ rows, added, changed, removed, findings, exploited }: FeedReceipt): string {
  const ofRows = `${rows} rows: ${added} new, ${changed} changed, ${removed} gone.`;
  return `${ofRows}\n${findings} findings followed, ${exploited} of which are now known to be exploited.`;
}
