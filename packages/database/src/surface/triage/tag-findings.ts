import { z } from "zod";
import { ValidationError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { companies } from "../../schema/core.ts";
import { findingIds, lockFindings } from "../changes/lock-findings.ts";
import { tagName } from "./tag-name.ts";
import { addTags, mostTagsOfFinding, removeTags } from "./tags.ts";

const tagNames = z.array(tagName()).max(mostTagsOfFinding);

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
  input: {
    ids: findingIds(),
    add: tagNames.optional().meta({ description: "Tags to put on them." }),
    remove: tagNames.optional().meta({ description: "Tags to take off them." }),
  },
  output: z.object({ changed: z.int(), unchanged: z.int() }),
  async run(tx, { ids, ...given }, caller) {
    const [add, remove] = [uniqueIn(given.add), uniqueIn(given.remove)];
    if (add.length + remove.length === 0) throw fault("add", "name a tag to put on, or one to take off");
    if (add.some((name) => remove.includes(name))) throw fault("remove", "must not name a tag that is put on as well");
    const { companyId, findings } = await lockFindings(tx, ids, caller);
    const tagged = { companyId, findingIds: findings.map(({ id }) => id) };
    const untagged = remove.length === 0 ? [] : await removeTags(tx, tagged, remove);
    const added = add.length === 0 ? [] : await addTags(tx, tagged, add);
    const touched = [...new Set([...untagged, ...added])];
    const answer = { changed: touched.length, unchanged: findings.length - touched.length };
    if (touched.length === 0) return unchanged(answer);
    const metadata = { add, remove, findings: touched };
    return changed(answer, { action: "findings_tagged", on: companies, id: companyId, companyId, metadata });
  },
});

function uniqueIn(names: readonly string[] = []): string[] {
  return [...new Set(names)];
}

function fault(field: string, message: string): ValidationError {
  return new ValidationError([{ field, message }]);
}
