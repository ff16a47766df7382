import { z } from "zod";
import { reachOf } from "../../access/within.ts";
import type { Handle } from "../../database/handle.ts";
import { reading } from "../../operation/operation.ts";
import { rowWith } from "../../rows/row-with.ts";
import { findings } from "../../schema/surface/findings.ts";
import { limit, recordId } from "../../validation/input.ts";
import {
  type Around,
  findListed,
  findPlaces,
  findWeaknesses,
  mostNeighbours,
  mostOtherPlaces,
  neighbours,
  placesOf,
  sharedCves,
} from "./related-statements.ts";
import { requireFinding } from "./require-finding.ts";
import { isSamePlace } from "./same-place.ts";

/** Most findings of the same weakness whose places are compared. */
const mostAlike = 200;

const relatedFinding = rowWith(findings, "RelatedFinding", {
  assetName: z.string(),
  sharedCves: z.array(z.string()).meta({ description: "The CVEs that both are known by." }),
  samePlace: z.boolean().meta({ description: "Another tool saw the same weakness (CWE) at the same place." }),
});
export type RelatedFinding = z.output<typeof relatedFinding>;

const related = z.object({
  items: z.array(relatedFinding),
  more: z.boolean().meta({ description: "Whether there may be more." }),
});
export type RelatedFindings = z.output<typeof related>;

/** A finding on the same asset. */
interface Neighbour {
  readonly id: number;
  readonly ruleId: number;
  readonly source: string;
}

type Found = Awaited<ReturnType<typeof requireFinding>>;

/**
 * Tells which other findings on the same asset are about the same: those that share a CVE, and those of another tool that are of the
 * same weakness (CWE) at the same place. 2,000 findings of the asset are looked at, open ones first, of these the greatest risk first.
 *
 * @returns the findings in that order, with what they have in common
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items: findings } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of findings) await getRelatedFindings(db, { id });
 */
export const getRelatedFindings = reading({
  summary: "Tell which other findings on the asset are about the same",
  permission: "finding:read",
  input: { id: recordId(), limit: limit({ max: 100, default: 20 }) },
  output: related,
  mayLag: true,
  async run(db, { id, limit: most }, caller): Promise<RelatedFindings> {
    const finding = await requireFinding(db, id, caller);
    const around: Around = { findingId: id, assetId: finding.assetId, ...reachOf(caller) };
    const all = await neighbours.all(db, around);
    const looked = all.slice(0, mostNeighbours);
    const cves = Map.groupBy(await sharedCves.all(db, around), ({ findingId }) => findingId);
    const { ids: inPlace, isWhole } = await findInPlace(db, finding, looked);
    const wanted = looked.filter((one) => cves.has(one.id) || inPlace.has(one.id)).map((one) => one.id);
    const shown = wanted.slice(0, most);
    const rows = new Map((await findListed(db, shown)).map((row) => [row.id, row]));
    const items = shown.flatMap((one) => {
      const row = rows.get(one);
      const shared = (cves.get(one) ?? []).map(({ cve }) => cve).toSorted();
      return row === undefined ? [] : { ...row, sharedCves: shared, samePlace: inPlace.has(one) };
    });
    return { items, more: all.length > looked.length || wanted.length > shown.length || !isWhole };
  },
});

/** Those of other tools that are of the same weakness at the same place. */
async function findInPlace(
  db: Handle,
  { id: findingId, ruleId, source }: Found,
  near: readonly Neighbour[],
): Promise<{ ids: ReadonlySet<number>; isWhole: boolean }> {
  const others = near.filter((one) => one.source !== source);
  const weaknesses = await findWeaknesses(db, new Set([ruleId, ...others.map((one) => one.ruleId)]));
  const own = new Set(weaknesses.get(ruleId));
  const alike = others.filter((one) => weaknesses.get(one.ruleId)?.some((cwe) => own.has(cwe)) === true);
  const compared = alike.slice(0, mostAlike).map(({ id }) => id);
  if (compared.length === 0) return { ids: new Set(), isWhole: true };
  const places = await placesOf.all(db, { findingId });
  const theirs = await findPlaces(db, compared);
  const same = theirs.filter((place) => places.some((one) => isSamePlace(one, place)));
  const isWhole = alike.length === compared.length && theirs.length < mostOtherPlaces;
  return { ids: new Set(same.map((place) => place.findingId)), isWhole };
}
