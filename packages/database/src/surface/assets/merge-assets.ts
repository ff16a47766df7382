import { z } from "zod";
import { requireWithin } from "../../access/require-within.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { ValidationError } from "../../errors/index.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { assets } from "../../schema/surface/assets.ts";
import { recordId } from "../../validation/input.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { recordChanges } from "../changes/record-changes.ts";
import { recountAssets } from "../changes/count-changes.ts";
import { loadPolicies } from "../policies/load-policies.ts";
import { type MergedAsset, mergePair, noMerge } from "./merging/merge-pair.ts";
import { rowsReferring } from "./merging/move-rows.ts";
import { logSteps } from "./merging/undo-data.ts";

/** Findings that one merge moves, so that its transaction ends in time. */
const mostFindings = 20_000;

/**
 * Makes one asset of two of a kind that are the same thing. Findings, places, names, checks, tags and services come to the one that stays;
 * of two findings that are equal the older stays, with the decision on it or, where there is none, that on the other. Reports that
 * name the one that went speak of the one that stays from then on; a port that they find later is a service by the name that they give.
 * The audit log holds what undoes it.
 *
 * @returns how many findings were moved, how many were double, and how many services came along
 * @throws {ValidationError} INVALID_INPUT with the field at fault, as where they are of different kinds
 * @throws {NotFoundError} NOT_FOUND when there is no such asset within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "merged.example" });
 * const lines = ["merged.example", "192.0.2.1"].map((host) => JSON.stringify({ kind: "host", host }));
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(lines.join("\n"));
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const [one, other] = (await listAssets(db, { companyId, kind: "host" })).items;
 * if (one !== undefined && other !== undefined) await mergeAssets(db, { id: one.id, fromId: other.id });
 */
export const mergeAssets = changing({
  summary: "Make one asset of two that are the same",
  permission: "asset:write",
  input: {
    id: recordId().meta({ description: "The asset that stays." }),
    fromId: recordId().meta({ description: "The asset that becomes part of it." }),
  },
  output: z.object({ id: z.int(), moved: z.int(), doubles: z.int(), services: z.int() }),
  large: () => true,
  async run(tx, { id, fromId }, caller) {
    const { companyId: company } = await requireWithin(tx, assets, id, caller);
    const companyId = company as number;
    await holdFindings(tx, companyId);
    const { companyId: other } = await requireWithin(tx, assets, fromId, caller);
    if (other !== companyId) throw fault("must be of the same company");
    const [into, from] = await lockBoth(tx, id, fromId);
    requireAlike(into, from);
    await requireFew(tx, fromId);
    const merge = noMerge();
    const now = tx.clock.now();
    await mergePair(tx, merge, { from, into }, { now, policies: await loadPolicies(tx, companyId) });
    const { actor } = caller;
    await recordChanges(tx, { companyId, cause: "decision", importId: null, actor, at: now }, merge.changes);
    await recountAssets(tx, merge.assetIds);
    await logSteps(tx, { id, companyId, steps: merge.steps }, caller);
    const { moved, doubles, services } = merge;
    const metadata = { fromId, kind: into.kind, from: from.key, into: into.key, moved, doubles, services };
    return changed({ id, moved, doubles, services }, { action: "assets_merged", on: assets, id, companyId, metadata });
  },
});

function fault(message: string): ValidationError {
  return new ValidationError([{ field: "fromId", message }]);
}

/** Nobody else changes them: they change under the name that is held, or with their findings. */
async function lockBoth(tx: Transaction, id: number, fromId: number): Promise<[MergedAsset, MergedAsset]> {
  const rows = (await rowsReferring(tx, assets, "id", [id, fromId])) as unknown as MergedAsset[];
  const find = (wanted: number) => rows.find((row) => row.id === wanted) as MergedAsset;
  return [find(id), find(fromId)];
}

function requireAlike(into: MergedAsset, from: MergedAsset): void {
  if (into.id === from.id) throw fault("must be another asset");
  if (into.kind !== from.kind) throw fault(`must be a ${into.kind}, as the asset that stays`);
  if ((into.status === "ignored") !== (from.status === "ignored"))
    throw fault("must be ignored where the other one is");
}

async function requireFew(tx: Transaction, assetId: number): Promise<void> {
  const query = tx.sql.selectFrom("findings").select("id").where("asset_id", "=", assetId);
  const beyond = await fetchFirst(tx, query.limit(1).offset(mostFindings));
  if (beyond !== null) throw fault(`has more than ${mostFindings} findings: let the other one become part of it`);
}
