import { randomUUID } from "node:crypto";
import { type Asset, assetOf, readTarget } from "@nerve/formats";
import type { Caller } from "../../../access/caller.ts";
import type { Transaction } from "../../../database/handle.ts";
import { insertRow } from "../../../rows/insert-row.ts";
import { scanImports } from "../../../schema/surface/assets.ts";
import type { JsonValue } from "../../../schema/kit/index.ts";
import { loadPolicies } from "../../policies/load-policies.ts";
import { resolveCoverage, type ResolvedCoverage } from "../closing/coverage.ts";
import { type ImportRun, newRun, sourceOf } from "./import-run.ts";
import type { Merging } from "../merging/merge-slice.ts";
import type { PreparedBy } from "../merging/prepare-slice.ts";
import type { Survey } from "../../reading/report-reader.ts";
import type { Options, Report } from "../report/report-to-import.ts";
import { keepSeriesMapping } from "../report/series-mapping.ts";
import { forgetRefusal } from "./note-failed-import.ts";
import { takeTurn } from "./series-turn.ts";

/** What an import has begun with. */
export interface Begun {
  readonly run: ImportRun;
  readonly merging: Merging;
  readonly coverage: ResolvedCoverage;
}

/** Takes the turn of the series, and writes the row of the import. */
export async function beginImport(
  tx: Transaction,
  report: Pick<Report, "survey">,
  options: Options,
  caller: Caller,
): Promise<Begun> {
  const { survey } = report;
  const { companyId } = options;
  const now = tx.clock.now();
  const preparing = preparedBy(survey, options.target ?? null);
  const coverage = resolveCoverage(survey, options, preparing);
  const seriesId = await takeTurn(tx, {
    companyId,
    source: sourceOf(survey),
    name: options.series ?? survey.series ?? "",
  });
  await keepSeriesMapping(tx, seriesId, options);
  if (options.scanId !== undefined) await forgetRefusal(tx, { companyId, scanId: options.scanId });
  // The beginning, since a scan that was cut off has no end.
  const told = options.scannedAt ?? survey.startedAt ?? survey.finishedAt ?? now;
  const { covers, complete, partial, close, asNewest, mapping } = options;
  const { id: importId } = await insertRow(tx, scanImports, {
    companyId,
    seriesId,
    scanId: options.scanId ?? randomUUID(),
    format: survey.format,
    tool: survey.tool.slice(0, 200),
    toolVersion: survey.toolVersion.slice(0, 100),
    fileName: options.fileName ?? null,
    sha256: survey.sha256,
    sizeBytes: survey.bytes,
    target: preparing.targetName,
    scannedAt: told > now ? now : told,
    status: "merging",
    coverage: coverage as unknown as JsonValue,
    complete: coverage.speaks,
    rejects: survey.rejects.map((reject) => ({ ...reject })),
    warnings: survey.warnings,
    options: { covers: covers ?? null, complete, partial, close, asNewest, mapping: mapping ?? null },
    userId: caller.actor.userId,
    startedAt: now,
  });
  const run = newRun({
    importId,
    companyId,
    seriesId,
    survey,
    scannedAt: told > now ? now : told,
    now,
    userId: caller.actor.userId,
  });
  return { run, merging: { preparing, policies: await loadPolicies(tx, companyId) }, coverage };
}

/** What the records of a report are prepared by. */
export function preparedBy(survey: Survey, targetName: string | null): PreparedBy {
  return { source: sourceOf(survey), target: targetName === null ? null : targetAsset(targetName), targetName };
}

/** What the caller's target is where a report leaves a host without a name. */
function targetAsset(target: string): Asset | null {
  const read = readTarget(target);
  return read === undefined ? null : assetOf(read);
}
