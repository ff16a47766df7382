import { readKev } from "@nerve/formats";
import type { Caller } from "../../access/caller.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { kevEntries } from "../../schema/surface/feeds.ts";
import { followWithdrawals } from "./follow-feeds.ts";
import { type FeedReceipt, type FeedToImport, importFeed } from "./import-feed.ts";

/**
 * Loads the catalogue of weaknesses that CISA knows to be exploited (KEV). The file takes the place of the one before; then the findings
 * follow that come to be known as exploited, or no longer are, every company's. What a tool itself knows to be exploited stays so, though
 * the catalogue does not name it. What is interrupted is made up for when the same file is loaded again.
 *
 * @param db the database
 * @param file `source`: the JSON or the CSV, packed with gzip or not. `force` takes one of fewer than half the rows that are loaded
 * @param caller who loads it; default the system
 * @returns how many rows there are, were added, changed and removed, how many findings followed, and how many of them came to be known
 *   as exploited
 * @throws {ReportError} REPORT_MALFORMED, REPORT_UNSAFE, REPORT_TOO_LARGE: nothing was stored
 * @throws {ReportError} REPORT_OUT_OF_DATE when a newer one is loaded
 * @example
 * const catalogue = { dateReleased: "2026-01-02T00:00:00Z", vulnerabilities: [{ cveID: "CVE-2014-0160", dateAdded: "2022-05-04" }] };
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(JSON.stringify(catalogue));
 *   },
 * };
 * const { exploited } = await importKev(db, { source });
 */
export function importKev(db: Handle, file: FeedToImport, caller?: Caller): Promise<FeedReceipt> {
  return importFeed<typeof kevEntries>(db, file, {
    caller,
    async read(source, options) {
      const { edition, datedAt, newestOn, sha256, rows } = await readKev(source, options);
      const entries = Array.from(rows.values(), ({ cve, ...row }) => [cve, { id: cve, ...row }] as const);
      return {
        name: "kev",
        table: kevEntries,
        edition,
        datedAt: datedAt ?? newestOn,
        sha256,
        rows: new Map(entries),
        insert: (tx, some) => insertMany(tx, kevEntries, some),
        // CSV says nothing of its date but by its newest row.
        isOutdated: async (tx, loaded) =>
          datedAt === null ? newestOn < (await newestRow(tx)) : datedAt < loaded.datedAt,
      };
    },
    withdraw: (tx, removed, { actor }) => followWithdrawals(tx, removed, actor),
  });
}

async function newestRow(tx: Transaction): Promise<Date> {
  const query = tx.sql.selectFrom("kev_entries").select("added_on").orderBy("added_on", "desc").limit(1);
  return (await fetchFirst(tx, query))?.addedOn ?? new Date(0);
}
