import { z } from "zod";
import { statement } from "../../../database/statement.ts";
import { reading } from "../../../operation/operation.ts";
import { assetKinds, severities } from "../../../schema/surface/assets.ts";
import { limit, recordId } from "../../../validation/input.ts";
import { mostOpen } from "./most-open.ts";

const topAsset = z
  .object({
    id: z.int(),
    kind: z.enum(assetKinds),
    name: z.string(),
    openFindings: z.int(),
    worstSeverity: z.enum(severities).nullable(),
  })
  .meta({ id: "TopAsset", description: "An asset with what is open on it." });
export type TopAsset = z.output<typeof topAsset>;

const topOfCompany = statement((sql, p: { company: number; rows: number }) =>
  sql
    .selectFrom("assets")
    .select(["id", "kind", "name", "open_findings", "worst_severity"])
    .where("assets.company_id", "=", p.company)
    .where("assets.open_findings", ">", 0)
    .where("assets.deleted_at", "is", null)
    .orderBy("assets.open_findings", "desc")
    .orderBy("assets.id", "desc")
    .limit(p.rows),
);

const assetById = statement((sql, { id }: { id: number }) =>
  sql.selectFrom("assets").select(["id", "kind", "name"]).where("assets.id", "=", id),
);

/**
 * Tells which assets have the most open findings; for who reaches nothing but their own, the most that are assigned to them.
 *
 * @returns the assets, those with the most first
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED when several companies are within reach and none is named
 * @example
 * const { items } = await topAssets(db, { companyId: 1, limit: 5 });
 */
export const topAssets = reading({
  summary: "Tell which assets have the most open findings",
  permission: "finding:read",
  input: { companyId: recordId().optional(), limit: limit({ max: 100, default: 10 }) },
  output: z.object({ items: z.array(topAsset) }),
  mayLag: true,
  run: (db, asked, caller): Promise<{ items: TopAsset[] }> =>
    mostOpen<TopAsset>(db, asked, caller, {
      ofCompany: (handle, wanted) => topOfCompany.all(handle, wanted),
      column: "asset_id",
      one: async (handle, { id, openFindings, worstSeverity }) => ({
        ...(await assetById.one(handle, { id })),
        openFindings,
        worstSeverity,
      }),
    }),
});
