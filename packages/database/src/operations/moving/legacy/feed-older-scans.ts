import { systemCaller } from "../../../access/caller.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { errorRegistry } from "../../../errors/index.ts";
import { companyToFeed } from "../../../scans/feeding/company-to-feed.ts";
import { type Fed, feedScan } from "../../../scans/feeding/feed-scan.ts";
import { readScan } from "../../../scans/feeding/read-scan.ts";
import type { RejectCounter } from "../rejects.ts";
import { findOlderScans, type OlderScan } from "./older-scans.ts";

/** What became of the scans of the older system. */
export interface FedScans {
  /** Whose findings were taken in. */
  scans: number;
  /** That are there since; one that several scans saw counts once. */
  findings: number;
  /** Scans that belong to no company, and whose target lies in no company's domain. */
  withoutCompany: number;
  /** Scans that could not be read. */
  unread: number;
  /** Entries of scans that say too little to be findings. */
  rejectedEntries: number;
}

/**
 * Makes findings of the scans that were imported, in the order of their times, whatever the time of those that were fed before. Done
 * again it changes nothing: a scan is fed once. What stands in the way of one scan is told as `unread`, and ends nothing.
 */
export async function feedOlderScans(tx: Transaction, rejects: RejectCounter): Promise<FedScans> {
  const fed: FedScans = { scans: 0, findings: 0, withoutCompany: 0, unread: 0, rejectedEntries: 0 };
  const done = await findDone(tx);
  for (const scan of await findOlderScans(tx)) {
    const tell = (reason: string) =>
      rejects.add({ kind: "unread", table: scan.table, key: scan.id, column: scan.column, reason });
    const companyId = await companyToFeed(tx, scan, systemCaller);
    if (companyId === null) {
      fed.withoutCompany += 1;
      tell("belongs to no company, and its target lies in no company's domain");
      continue;
    }
    if (done.has(`${companyId} ${importIdOf(scan)}`)) continue;
    const outcome = await feed(tx, scan, companyId);
    if (outcome === null) continue;
    const { findings, reason } = outcome;
    if (findings === null) {
      fed.unread += 1;
      tell(reason === "no-company" ? reason : errorRegistry[reason].message);
      continue;
    }
    fed.scans += 1;
    fed.findings += findings.created;
    fed.rejectedEntries += findings.rejected;
    for (const entry of findings.rejects) tell(entry.reason);
  }
  return fed;
}

/** Takes in what a scan found; null where it holds nothing. */
async function feed(tx: Transaction, scan: OlderScan, companyId: number): Promise<Fed | null> {
  const results = await scan.read(tx);
  if (results === null) return null;
  const { kind, target, at, partial } = scan;
  const name = scan.name === null || scan.name === "" ? importIdOf(scan) : scan.name.slice(0, 255);
  const reading = await readScan(kind, Buffer.from(JSON.stringify(results)));
  const scannedAt = at === null ? {} : { scannedAt: at };
  const toFeed = { companyId, target, importId: importIdOf(scan), name, partial, asNewest: true, ...scannedAt };
  return feedScan(tx, toFeed, reading, systemCaller);
}

const prefix = "ghost.db ";

function importIdOf({ table, id }: OlderScan): string {
  return `${prefix}${table} ${id}`;
}

async function findDone(tx: Transaction): Promise<Set<string>> {
  const query = tx.sql.selectFrom("scan_imports").select(["company_id", "scan_id"]);
  const imports = await fetchAll(tx, query.where("scan_id", "like", `${prefix}%`));
  return new Set(imports.map(({ companyId, scanId }) => `${companyId} ${scanId}`));
}
