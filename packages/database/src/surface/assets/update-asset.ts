import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import type { Transaction } from "../../database/handle.ts";
import { NotFoundError, ValidationError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { rowOf } from "../../rows/row-of.ts";
import { assets } from "../../schema/surface/assets.ts";
import { users } from "../../schema/core.ts";
import type { RowChanges } from "../../schema/kit/index.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { oneOf, recordId, text } from "../../validation/input.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { reachesFindings } from "../triage/assign-findings.ts";
import { changeScope } from "./change-scope.ts";
import { criticalityField } from "./list-assets.ts";
import { rescoreAsset } from "./rescore-asset.ts";

type Asset = VisibleRowOf<"assets">;

interface Wanted {
  readonly criticality?: number | undefined;
  readonly ownerUserId?: number | null | undefined;
  readonly status?: "active" | "ignored" | undefined;
}

/**
 * Says how much an asset matters, who answers for it, and whether it counts at all. The risk of its findings follows its criticality.
 * What is open on an asset that is `ignored` becomes `out_of_scope`, as does what reports find there later, and a host takes its services
 * along; when it is `active` again, all of that is open again, and no other decision is touched.
 *
 * @returns the asset as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault: who ignores an asset gives a `reason`
 * @throws {NotFoundError} NOT_FOUND when there is no such asset or user within reach, or the user does not reach the asset's findings
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "updated.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://updated.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listAssets(db, { companyId, kind: "service" });
 * for (const { id } of items) await updateAsset(db, { id, criticality: 4 });
 */
export const updateAsset = changing({
  summary: "Change how much an asset matters, who answers for it, and whether it counts",
  permission: "asset:write",
  input: {
    id: recordId(),
    criticality: criticalityField().optional(),
    ownerUserId: recordId().nullable().optional().meta({ description: "Who answers for it; null for nobody." }),
    status: oneOf(["active", "ignored"]).optional(),
    reason: text({ min: 1, max: 1000, multiline: true }).optional().meta({ description: "Why it is ignored." }),
  },
  output: rowOf(assets),
  large: ({ status }) => status !== undefined,
  async run(tx, { id, reason = null, ...wanted }, caller) {
    requireReason(wanted, reason);
    const owner = await lockOwner(tx, wanted.ownerUserId, caller);
    const { companyId } = await requireWithin(tx, assets, id, caller);
    if (owner !== null && !reachesFindings(owner, companyId as number)) throw new NotFoundError();
    await holdFindings(tx, companyId as number);
    const asset = await requireWithin(tx, assets, id, caller, { locks: true });
    const fields = differencesOf(asset, wanted);
    if (Object.keys(fields).length === 0) return unchanged(asset);
    const { status, ...own } = fields;
    if (Object.keys(own).length > 0) await changeRow(tx, assets, id, own);
    const rescored = own.criticality === undefined ? 0 : await rescoreAsset(tx, id, own.criticality);
    const findings = status === undefined ? 0 : await changeScope(tx, { asset, status, reason }, caller);
    const now = await requireWithin(tx, assets, id, caller);
    const metadata = { from: valuesOf(asset, fields), to: valuesOf(now, fields), reason, rescored, findings };
    return changed(now, { action: "asset_updated", on: assets, id, companyId, metadata });
  },
});

function requireReason({ status }: Wanted, reason: string | null): void {
  if (status === "ignored" && reason === null)
    throw new ValidationError([{ field: "reason", message: "is needed where an asset is ignored" }]);
}

/** Users are locked before names are held. */
async function lockOwner(tx: Transaction, ownerUserId: number | null | undefined, caller: Caller) {
  if (ownerUserId === null || ownerUserId === undefined) return null;
  return requireWithin(tx, users, ownerUserId, caller, { locks: true });
}

type Differences = Pick<RowChanges<typeof assets>, "criticality" | "ownerUserId"> & Pick<Wanted, "status">;

/** What is wanted otherwise than it is; what is gone is as good as active to who has not ignored it. */
function differencesOf(asset: Asset, { criticality, ownerUserId, status }: Wanted): Differences {
  const isOther = status !== undefined && (status === "ignored") !== (asset.status === "ignored");
  return {
    ...(criticality !== undefined && criticality !== asset.criticality && { criticality }),
    ...(ownerUserId !== undefined && ownerUserId !== asset.ownerUserId && { ownerUserId }),
    ...(isOther && { status }),
  };
}

function valuesOf(asset: Asset, fields: Differences): Record<string, number | string | null> {
  const names = Object.keys(fields) as (keyof Differences)[];
  return Object.fromEntries(names.map((name) => [name, asset[name]]));
}
