import { changing } from "../../operation/operation.ts";
import { findingIds, lockFindings } from "../changes/lock-findings.ts";
import { changeTags, readTagChange, tagAnswer, tagFields } from "./change-tags.ts";

/**
 * Puts tags on findings, and takes others off. A tag is made when it is first given, and gone when nothing has it any more.
 *
 * @returns how many findings have other tags than before, and how many have not
 * @throws {ValidationError} INVALID_INPUT with the field at fault, as where the findings are of several companies
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @throws {QuotaError} QUOTA_EXCEEDED when a finding would have more than 20 tags, or the company more than 1,000
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "tagged.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://tagged.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listFindings(db, { companyId });
 * await tagFindings(db, { ids: items.map(({ id }) => id), add: ["payments"] });
 */
export const tagFindings = changing({
  summary: "Put tags on findings, and take others off",
  permission: "finding:decide",
  input: { ids: findingIds(), ...tagFields },
  output: tagAnswer,
  async run(tx, { ids, ...given }, caller) {
    const change = readTagChange(given);
    const { companyId, findings } = await lockFindings(tx, ids, caller);
    return changeTags(tx, { companyId, kind: "finding", ids: findings.map(({ id }) => id) }, change);
  },
});
