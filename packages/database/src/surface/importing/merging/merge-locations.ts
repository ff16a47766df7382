import { setImmediate as nextTurn } from "node:timers/promises";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { insertMany } from "../../../rows/insert-many.ts";
import type { NewRow } from "../../../schema/kit/index.ts";
import { findingCves, findingEvidence, findingLocations } from "../../../schema/surface/findings.ts";
import { chooseEvidence, packEvidence } from "../../evidence/keep-evidence.ts";
import type { ImportRun } from "../running/import-run.ts";
import { inKeyLists } from "../key-lists.ts";
import type { JournalEntry } from "../journal.ts";
import type { KnownLocation } from "./known-findings.ts";
import type { MergedFinding } from "./candidate.ts";
import { joinLocations, type PreparedLocation } from "./prepare-location.ts";
import type { PreparedFinding } from "./prepare-record.ts";

/** Pieces of evidence that are packed before other work has a turn: each takes up to a tenth of a millisecond. */
const piecesOfTurn = 100;

/** A place of a slice, with how often it came. */
interface SeenLocation {
  location: PreparedLocation;
  occurrences: number;
}

/**
 * Brings the places of findings up to date: new ones are made, known ones are seen again, and take over what differs. Of several
 * records of one place the first of an import counts.
 */
export async function mergeLocations(
  tx: Transaction,
  run: ImportRun,
  merged: readonly MergedFinding[],
): Promise<JournalEntry[]> {
  const journal: JournalEntry[] = [];
  const seen: number[] = [];
  const fresh: { finding: MergedFinding; seen: SeenLocation }[] = [];
  for (const finding of merged) {
    const known = new Map(finding.locations.map((location) => [location.locatorKey, location]));
    for (const [locatorKey, place] of placesOf(finding.records)) {
      const before = known.get(locatorKey);
      if (before === undefined) fresh.push({ finding, seen: place });
      else if (before.lastImportId !== run.importId) {
        seen.push(before.id);
        journal.push(...(await takeOver(tx, run, before, place)));
      }
    }
  }
  await insertPlaces(tx, run, fresh);
  await markSeen(tx, run, seen);
  return journal;
}

function placesOf(records: readonly PreparedFinding[]): Map<string, SeenLocation> {
  const places = new Map<string, SeenLocation>();
  for (const { locations, occurrences: ofRecord } of records) {
    for (const location of locations) {
      const occurrences = location.occurrences ?? ofRecord;
      const known = places.get(location.locatorKey);
      if (known === undefined) places.set(location.locatorKey, { location, occurrences });
      else {
        known.location = joinLocations(known.location, location);
        known.occurrences += occurrences;
      }
    }
  }
  return places;
}

async function takeOver(
  tx: Transaction,
  run: ImportRun,
  before: KnownLocation,
  { location, occurrences }: SeenLocation,
): Promise<JournalEntry[]> {
  const isSame = before.contentHash === location.contentHash && before.occurrences === occurrences;
  if (isSame && before.present) return [];
  const [{ goneImportId, ...content }] = (await readColumns(tx, before.id)) as [StoredPlace];
  const absence = { present: before.present, goneImportId };
  if (isSame) return [{ tableName: "finding_locations", rowId: before.id, before: absence }];
  await changeRow(tx, findingLocations, before.id, {
    ...location.columns,
    contentHash: location.contentHash,
    occurrences,
  });
  run.updated.add(before.findingId);
  return [{ tableName: "finding_locations", rowId: before.id, before: { ...content, ...absence } }];
}

type StoredPlace = Awaited<ReturnType<typeof readColumns>>[number];

const contentColumns = [
  "kind",
  "url",
  "method",
  "parameter",
  "file_path",
  "start_line",
  "end_line",
  "component",
  "version",
  "fixed_version",
  "detail",
  "content_hash",
  "occurrences",
  "gone_import_id",
] as const;

function readColumns(tx: Transaction, id: number) {
  return fetchAll(tx, tx.sql.selectFrom("finding_locations").select(contentColumns).where("id", "=", id));
}

async function insertPlaces(
  tx: Transaction,
  run: ImportRun,
  fresh: readonly { finding: MergedFinding; seen: SeenLocation }[],
): Promise<void> {
  for (const { finding } of fresh) if (finding.known !== null) run.updated.add(finding.id);
  await insertMany(
    tx,
    findingLocations,
    fresh.map(({ finding, seen: { location, occurrences } }) => ({
      companyId: run.companyId,
      findingId: finding.id,
      seriesId: run.seriesId,
      locatorKey: location.locatorKey,
      ...location.columns,
      contentHash: location.contentHash,
      occurrences,
      firstImportId: run.importId,
      lastImportId: run.importId,
      firstSeenAt: run.scannedAt,
      lastSeenAt: run.scannedAt,
    })),
  );
}

async function markSeen(tx: Transaction, run: ImportRun, ids: readonly number[]): Promise<void> {
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .updateTable("finding_locations")
      .set((eb) => ({
        previous_import_id: eb.ref("last_import_id"),
        last_import_id: run.importId,
        last_seen_at: run.scannedAt,
        present: true,
        gone_import_id: null,
      }))
      .where("id", "in", some);
    await runQuery(tx, query);
  }
}

/** Stores the numbers of the CVE list that findings are known by, as far as they are new to them. */
export async function mergeCves(tx: Transaction, run: ImportRun, merged: readonly MergedFinding[]): Promise<void> {
  const wanted = merged.flatMap(({ id, records }) =>
    [...new Set(records.flatMap(({ cves }) => cves))].map((cve) => ({ companyId: run.companyId, findingId: id, cve })),
  );
  const known = new Set<string>();
  const old = merged.filter((finding) => finding.known !== null && finding.records.some(({ cves }) => cves.length > 0));
  for (const some of inKeyLists(old.map(({ id }) => id))) {
    const query = tx.sql.selectFrom("finding_cves").select(["finding_id", "cve"]).where("finding_id", "in", some);
    for (const { findingId, cve } of await fetchAll(tx, query)) known.add(`${findingId} ${cve}`);
  }
  await insertMany(
    tx,
    findingCves,
    wanted.filter(({ findingId, cve }) => !known.has(`${findingId} ${cve}`)),
  );
}

/** Stores evidence of findings that are new, or come back, as far as they have room for it. */
export async function mergeEvidence(tx: Transaction, run: ImportRun, merged: readonly MergedFinding[]): Promise<void> {
  const keeping = merged.filter(({ keepsEvidence, records }) => keepsEvidence && records.some(hasEvidence));
  const kept = await countEvidence(tx, keeping);
  const rows: NewRow<typeof findingEvidence>[] = [];
  const own = { companyId: run.companyId, importId: run.importId };
  for (const { id: findingId, records } of keeping) {
    const pieces = records.flatMap(({ evidence }) => evidence);
    for (const { kind, content, masked } of chooseEvidence(pieces, kept.get(findingId))) {
      rows.push({ ...own, findingId, kind, ...packEvidence(content), masked });
      if (rows.length % piecesOfTurn === 0) await nextTurn();
    }
  }
  await insertMany(tx, findingEvidence, rows);
}

const hasEvidence = ({ evidence }: PreparedFinding) => evidence.length > 0;

/** How many pieces findings that come back have already. */
async function countEvidence(tx: Transaction, merged: readonly MergedFinding[]): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const some of inKeyLists(merged.filter(({ known }) => known !== null).map(({ id }) => id))) {
    const query = tx.sql
      .selectFrom("finding_evidence")
      .select(({ fn }) => ["finding_id", fn.countAll<number>().as("pieces")])
      .where("finding_id", "in", some)
      .groupBy("finding_id");
    for (const { findingId, pieces } of await fetchAll(tx, query)) counts.set(findingId, pieces);
  }
  return counts;
}
