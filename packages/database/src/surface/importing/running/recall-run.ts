import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { FindingStatus } from "../../../schema/surface/finding-words.ts";
import { changeKind } from "../../deciding/change-kind.ts";
import { isOpen } from "../../deciding/statuses.ts";
import type { FormerSight, ImportRun } from "./import-run.ts";
import { type JournalEntry, readJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";

type Before = JournalEntry["before"];

/**
 * Recalls what an import has done before its process died, from what it wrote: it is merged again from its beginning, counts what it did
 * as done by itself, and changes nothing a second time.
 */
export async function recallRun(tx: Transaction, run: ImportRun): Promise<void> {
  recallAssets(run, await readJournal(tx, run.importId, "assets"));
  const findings = await readJournal(tx, run.importId, "findings");
  const places = new Set<number>();
  for (const [id, before] of await readJournal(tx, run.importId, "finding_locations"))
    if (before !== null && "contentHash" in before) places.add(id);
  for await (const seen of findSeen(tx, run)) {
    const { id, status, severity } = seen;
    const before = findings.get(id) ?? null;
    run.former.set(id, { outcome: outcomeOf(run, seen, before), shown: isOpen(status) });
    run.ratings.set(id, { severity: seen.reportedSeverity, score: seen.score, vector: seen.vector });
    if (before !== null && "severity" in before && before["severity"] !== severity) run.rescored.add(id);
    const hasNewPlace = seen.firstImportId !== run.importId && seen.placeImportId === run.importId;
    if (hasNewPlace || places.has(seen.placeId) || (before !== null && "title" in before)) run.updated.add(id);
  }
}

function recallAssets({ counts }: ImportRun, assets: ReadonlyMap<number, Before>): void {
  for (const before of assets.values()) {
    // Of a new service the details are written down as well, later than that it is new.
    if (before === null) counts.assets.created += 1;
    else if ("details" in before && (before["details"] === null || before["status"] === "gone"))
      counts.services.opened += 1;
  }
}

/** The findings that a place shows which the import has seen, each with every such place. */
async function* findSeen(tx: Transaction, { importId, seriesId }: ImportRun) {
  const spoken = tx.sql
    .selectFrom("asset_coverage")
    .select("asset_id")
    .where("series_id", "=", seriesId)
    .where("spoke_import_id", "=", importId);
  for (const some of inKeyLists((await fetchAll(tx, spoken)).map(({ assetId }) => assetId))) {
    const query = tx.sql
      .selectFrom("findings")
      .innerJoin("finding_locations", "finding_locations.finding_id", "findings.id")
      .select(["findings.id", "findings.status", "findings.severity", "findings.reported_severity"])
      .select(["findings.score", "findings.vector", "findings.first_import_id"])
      .select(["finding_locations.id as place_id", "finding_locations.first_import_id as place_import_id"])
      .where("findings.asset_id", "in", some)
      .where("finding_locations.series_id", "=", seriesId)
      .where("finding_locations.last_import_id", "=", importId);
    yield* await fetchAll(tx, query);
  }
}

interface Seen {
  readonly status: FindingStatus;
  readonly firstImportId: number | null;
}

function outcomeOf({ importId }: ImportRun, { status, firstImportId }: Seen, before: Before): FormerSight["outcome"] {
  if (firstImportId === importId) return "created";
  const former = before?.["status"] as FindingStatus | undefined;
  const isBack = former !== undefined && former !== status && changeKind(former, status, "import") === "reactivated";
  return isBack ? "reactivated" : "untouched";
}
