import { requireWithin } from "../../access/require-within.ts";
import { statement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { scanImports } from "../../schema/surface/assets.ts";
import { recordId } from "../../validation/input.ts";
import type { ResolvedCoverage } from "../importing/closing/coverage.ts";
import { receiptOf, remarksOf } from "../importing/report/read-receipt.ts";
import { shownImport, type ShownImport } from "./listed-import.ts";

const seriesById = statement((sql, { id }: { id: number }) =>
  sql.selectFrom("scan_series").select(["source", "name"]).where("id", "=", id),
);

/**
 * Finds an import, with its receipt, what was refused of its report, and what the report may speak for.
 *
 * @returns the import
 * @throws {NotFoundError} NOT_FOUND when there is no such import within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "imported.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://imported.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { importId } = await importReport(db, { companyId, source, format: "nerve" });
 * const { created, rejects } = await getImport(db, { id: importId });
 */
export const getImport = reading({
  summary: "See an import of a report",
  permission: "finding:read",
  input: { id: recordId() },
  output: shownImport,
  async run(db, { id }, caller): Promise<ShownImport> {
    const row = await requireWithin(db, scanImports, id, caller);
    const { source, name: series } = await seriesById.one(db, { id: row.seriesId });
    const { rejects, warnings } = remarksOf(row);
    const { companyId, seriesId, toolVersion, fileName, sha256, sizeBytes, target } = row;
    const { scannedAt, startedAt, finishedAt, undoneAt, userId, undoneByUserId, errorCode } = row;
    return {
      ...receiptOf(row),
      companyId,
      seriesId,
      source,
      series,
      toolVersion,
      fileName,
      sha256,
      sizeBytes,
      target,
      scannedAt,
      startedAt,
      finishedAt,
      undoneAt,
      userId,
      undoneByUserId,
      errorCode,
      rejects: [...rejects],
      warnings: [...warnings],
      coverage: coverageOf(row.coverage as ResolvedCoverage | null),
    };
  },
});

function coverageOf(coverage: ResolvedCoverage | null): ShownImport["coverage"] {
  if (coverage === null) return null;
  const { everything, assets, reason } = coverage;
  return { everything, assets: assets.length, reason };
}
