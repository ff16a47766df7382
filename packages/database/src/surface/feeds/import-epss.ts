import { readEpss } from "@nerve/formats";
import type { Caller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { epssScores } from "../../schema/surface/feeds.ts";
import { type FeedReceipt, type FeedToImport, importFeed } from "./import-feed.ts";

/**
 * Loads the scores that FIRST publishes each day (EPSS): how likely a weakness is to be exploited soon. The file takes the place of the
 * one before; then the findings follow whose score moves by 0.01 or more, every company's, in slices. What is interrupted is made up for
 * when the same file is loaded again.
 *
 * @param db the database
 * @param file `source`: the CSV, packed with gzip or not. `force` takes one of fewer than half the rows that are loaded
 * @param caller who loads it; default the system
 * @returns how many rows there are, were added, changed and removed, and how many findings followed
 * @throws {ReportError} REPORT_MALFORMED, REPORT_UNSAFE, REPORT_TOO_LARGE: nothing was stored
 * @throws {ReportError} REPORT_OUT_OF_DATE when a newer one is loaded
 * @example
 * const lines = ["#model_version:v2025.03.14,score_date:2026-01-02T00:00:00+0000", "cve,epss,percentile", "CVE-2014-0160,0.94465,0.9999"];
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(lines.join("\n"));
 *   },
 * };
 * const { rows, findings } = await importEpss(db, { source });
 */
export function importEpss(db: Handle, file: FeedToImport, caller?: Caller): Promise<FeedReceipt> {
  return importFeed<typeof epssScores>(db, file, {
    caller,
    async read(source, options) {
      const { edition, datedAt, sha256, rows } = await readEpss(source, options);
      const entries = Array.from(rows, ([id, { score, percentile }]) => [id, { id, score, percentile }] as const);
      return {
        name: "epss",
        table: epssScores,
        edition,
        datedAt,
        sha256,
        rows: new Map(entries),
        insert: (tx, some) => insertMany(tx, epssScores, some),
        isOutdated: (_tx, loaded) => datedAt < loaded.datedAt,
      };
    },
  });
}
