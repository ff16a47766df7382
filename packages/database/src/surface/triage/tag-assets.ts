import { changing } from "../../operation/operation.ts";
import { assetIds, lockAssets } from "../changes/lock-findings.ts";
import { changeTags, readTagChange, tagAnswer, tagFields } from "./change-tags.ts";

/**
 * Puts tags on assets, and takes others off: lists of findings find by them what is on the assets, too. A tag is made when it is first
 * given, and gone when nothing has it any more.
 *
 * @returns how many assets have other tags than before, and how many have not
 * @throws {ValidationError} INVALID_INPUT with the field at fault, as where the assets are of several companies
 * @throws {NotFoundError} NOT_FOUND when there is no such asset within reach
 * @throws {QuotaError} QUOTA_EXCEEDED when an asset would have more than 20 tags, or the company more than 1,000
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "labelled.example" });
 * const line = JSON.stringify({ kind: "host", host: "www.labelled.example" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listAssets(db, { companyId });
 * await tagAssets(db, { ids: items.map(({ id }) => id), add: ["payments"] });
 */
export const tagAssets = changing({
  summary: "Put tags on assets, and take others off",
  permission: "asset:write",
  input: { ids: assetIds(), ...tagFields },
  output: tagAnswer,
  async run(tx, { ids, ...given }, caller) {
    const change = readTagChange(given);
    const { companyId, ids: found } = await lockAssets(tx, ids, caller);
    return changeTags(tx, { companyId, kind: "asset", ids: found }, change);
  },
});
