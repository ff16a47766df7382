import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { findingLocations } from "../../../schema/surface/findings.ts";
import { readJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import { restoreRow } from "./restore-row.ts";
import type { Undo } from "./undo.ts";

/** Finds the findings of which the import has made, seen or lost a place. */
export async function findMoved(tx: Transaction, undo: Undo): Promise<number[]> {
  const { importId, seriesId } = undo;
  const moved = new Set<number>();
  for (const some of inKeyLists(await findAssetsSpokenOf(tx, undo))) {
    const query = tx.sql
      .selectFrom("findings")
      .innerJoin("finding_locations", "finding_locations.finding_id", "findings.id")
      .select("findings.id")
      .where("findings.asset_id", "in", some)
      .where("finding_locations.series_id", "=", seriesId)
      .where((eb) => eb.or([eb("last_import_id", "=", importId), eb("gone_import_id", "=", importId)]));
    for (const { id } of await fetchAll(tx, query)) moved.add(id);
  }
  return [...moved];
}

/** Takes away the places that only the import saw, and gives the others back the sight before it. */
export async function restorePlaces(tx: Transaction, undo: Undo): Promise<void> {
  const { importId, companyId, seriesId } = undo;
  const olds = await readJournal(tx, importId, "finding_locations");
  const ofImport = await findAssetsSpokenOf(tx, undo);
  for (const some of inKeyLists(ofImport)) {
    const inAssets = tx.sql.selectFrom("findings").select("id").where("asset_id", "in", some);
    await runQuery(
      tx,
      tx.sql
        .deleteFrom("finding_locations")
        .where("finding_id", "in", inAssets)
        .where("series_id", "=", seriesId)
        .where("company_id", "=", companyId)
        .where("first_import_id", "=", importId),
    );
    await seenBefore(tx, undo, inAssets);
    await runQuery(
      tx,
      tx.sql
        .updateTable("finding_locations")
        .set({ present: true, gone_import_id: null })
        .where("finding_id", "in", inAssets)
        .where("gone_import_id", "=", importId),
    );
  }
  for (const [id, before] of olds) await restoreRow(tx, findingLocations, id, before ?? {});
}

/** Places were seen last by the import before; when that was, its own row says. */
async function seenBefore(
  tx: Transaction,
  { importId, seriesId }: Undo,
  findingIds: ReturnType<typeof idsOf>,
): Promise<void> {
  await runQuery(
    tx,
    tx.sql
      .updateTable("finding_locations")
      .set((eb) => ({
        last_seen_at: eb.fn.coalesce(
          eb
            .selectFrom("scan_imports")
            .select("scan_imports.scanned_at")
            .whereRef("scan_imports.id", "=", "finding_locations.previous_import_id"),
          eb.ref("first_seen_at"),
        ),
        last_import_id: eb.fn.coalesce("previous_import_id", "first_import_id"),
        previous_import_id: null,
      }))
      .where("finding_id", "in", findingIds)
      .where("series_id", "=", seriesId)
      .where("last_import_id", "=", importId),
  );
}

const idsOf = (tx: Transaction) => tx.sql.selectFrom("findings").select("id");

async function findAssetsSpokenOf(tx: Transaction, { seriesId, importId }: Undo): Promise<number[]> {
  const query = tx.sql
    .selectFrom("asset_coverage")
    .select("asset_id")
    .where("series_id", "=", seriesId)
    .where((eb) => eb.or([eb("spoke_import_id", "=", importId), eb("covered_import_id", "=", importId)]));
  return (await fetchAll(tx, query)).map(({ assetId }) => assetId);
}
