import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import type { AssetStatus } from "../../../schema/surface/assets.ts";
import { findParts } from "../inventory/merged-assets.ts";
import { writeJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import type { ImportRun } from "../running/import-run.ts";

/** An asset of which a series has spoken. */
export interface SpokenAsset {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly status: AssetStatus;
  readonly details: unknown;
  readonly coverageId: number;
  readonly spokeImportId: number | null;
  readonly spokeAt: Date | null;
  readonly coveredImportId: number | null;
  readonly coveredAt: Date | null;
  /** Kinds and keys that reports know it by: its own, and those of what became part of it. */
  readonly names: readonly { readonly kind: string; readonly key: string }[];
}

/**
 * Finds the assets of which a series has spoken.
 *
 * @param since only those of which it has since then, by the times of its reports
 */
export async function findSpokenAssets(
  db: Handle,
  { seriesId }: Pick<ImportRun, "seriesId">,
  since?: Date,
): Promise<SpokenAsset[]> {
  const query = db.sql
    .selectFrom("asset_coverage")
    .innerJoin("assets", "assets.id", "asset_coverage.asset_id")
    .select(["assets.id", "assets.kind", "assets.key", "assets.status", "assets.details"])
    .select(["asset_coverage.id as coverage_id", "spoke_import_id", "spoke_at", "covered_import_id", "covered_at"])
    .where("series_id", "=", seriesId)
    .$if(since !== undefined, (all) => all.where("spoke_at", ">", since as Date))
    .orderBy("assets.id");
  const spoken = await fetchAll(db, query);
  const parts = await findParts(db, spoken);
  return spoken.map((asset) => ({ ...asset, names: [asset, ...(parts.get(asset.id) ?? [])] }));
}

/** Notes what an import has covered: it spoke of that, too, be it by silence. */
export async function noteCovered(tx: Transaction, run: ImportRun, covered: readonly SpokenAsset[]): Promise<void> {
  const { importId, scannedAt } = run;
  for (const some of inKeyLists(covered)) {
    const ids = some.map(({ coverageId }) => coverageId);
    const query = tx.sql
      .updateTable("asset_coverage")
      .set({ spoke_import_id: importId, spoke_at: scannedAt, covered_import_id: importId, covered_at: scannedAt })
      .where("id", "in", ids);
    await runQuery(tx, query);
  }
  await writeJournal(
    tx,
    run,
    covered.map(({ coverageId, spokeImportId, spokeAt, coveredImportId, coveredAt }) => ({
      tableName: "asset_coverage",
      rowId: coverageId,
      before: { spokeImportId, spokeAt, coveredImportId, coveredAt },
    })),
  );
}
