import type { Database } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { type FeedReceipt, type FeedToImport, importEpss, importKev } from "../../../src/surface/index.ts";
import { reportOf } from "./reports.ts";

/** The scores of a day as FIRST publishes them. */
export function epssOf(scores: Readonly<Record<string, number>>, day = "2026-02-20"): string {
  const rows = Object.entries(scores).map(([cve, score]) => `${cve},${score},0.5`);
  return [`#model_version:v1,score_date:${day}T00:00:00+0000`, "cve,epss,percentile", ...rows, ""].join("\n");
}

/** The catalogue of a day as CISA publishes it. */
export function kevOf(cves: readonly string[], day = "2026-02-20"): string {
  const vulnerabilities = cves.map((cveID) => ({ cveID, dateAdded: "2026-02-01", dueDate: "2026-02-22" }));
  return JSON.stringify({ catalogVersion: day, dateReleased: `${day}T00:00:00.0000Z`, vulnerabilities });
}

type More = Partial<FeedToImport>;

/** Loads scores. */
export function loadEpss(
  db: Database,
  scores: Readonly<Record<string, number>>,
  { day, ...more }: More & { day?: string } = {},
): Promise<FeedReceipt> {
  return importEpss(db, { source: reportOf(epssOf(scores, day)), ...more });
}

/** Loads a catalogue. */
export function loadKev(
  db: Database,
  cves: readonly string[],
  { day, ...more }: More & { day?: string } = {},
): Promise<FeedReceipt> {
  return importKev(db, { source: reportOf(kevOf(cves, day)), ...more });
}

/** Forgets what was loaded, and by which numbers findings are known. */
export function forgetFeeds(db: Database): Promise<void> {
  return transaction(db, async (tx) => {
    for (const name of ["feeds", "epss_scores", "kev_entries", "finding_cves"] as const)
      await runQuery(tx, tx.sql.deleteFrom(name));
  });
}
