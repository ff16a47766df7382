import type { z } from "zod";
import { reachOf } from "../../access/within.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields } from "../../database/page.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf, rowOf } from "../../rows/index.ts";
import { assetKinds, assets, assetStatuses } from "../../schema/surface/assets.ts";
import { boundedInteger, oneOf, recordId, text } from "../../validation/input.ts";
import { mostExamined } from "../findings/list/narrow-sets.ts";
import { mergeStretches, type Stretch } from "../findings/list/range-pages.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";
import {
  type AssetFilter,
  byFindings,
  byName,
  countTagged,
  listByName,
  listByTag,
  lists,
  type PathName,
  type StretchWanted,
} from "./asset-lists.ts";

const listedAsset = rowOf(assets);
export type Asset = z.output<typeof listedAsset>;

/** How much an asset matters: 2 is the usual. */
export const criticalityField = () => boundedInteger({ min: 0, max: 4 });

/**
 * Lists the assets of a company, those with the most open findings first; by `name`, the beginning of theirs, in the order of their
 * names. At most 2,000 assets are looked at beside the index that serves the list, so that a page may hold fewer than `limit`, or none:
 * only a `nextCursor` of null is the end. A company has to be named where the caller reaches several.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { items } = await listAssets(db, { companyId: 1, kind: "service", status: "active" });
 */
export const listAssets = reading({
  summary: "List assets",
  permission: "asset:read",
  input: {
    companyId: recordId().optional(),
    name: text({ min: 1, max: 600 }).optional().meta({ description: "What its name begins with." }),
    kind: oneOf(assetKinds).optional(),
    status: oneOf(assetStatuses).optional(),
    criticality: criticalityField().optional(),
    tag: text({ min: 1, max: 50 }).toLowerCase().optional(),
    ...pageFields,
  },
  output: pageOf(listedAsset),
  mayLag: true,
  async run(db, { companyId, limit, cursor, ...given }, caller): Promise<Page<Asset>> {
    const order = given.name === undefined ? byFindings : byName;
    order.readPlace(cursor);
    const company = await companyInQuestion(db, caller, companyId);
    if (company === null) return { items: [], nextCursor: null };
    const filters: AssetFilter = { ...given, ...reachOf(caller), company };
    const page = { order, filters, limit, cursor };
    if (given.name !== undefined) return fetchPage(db, { list: listByName, ...page });
    if (given.tag !== undefined && (await countTagged.one(db, filters)).few <= mostExamined) {
      return fetchPage(db, { list: listByTag, ...page });
    }
    return readIndex(db, filters, { limit, cursor });
  },
});

interface Wanted {
  readonly limit: number;
  readonly cursor: string | undefined;
}

async function readIndex(db: Handle, filter: AssetFilter, { limit, cursor }: Wanted): Promise<Page<Asset>> {
  const { path, ranges } = rangesOf(filter);
  const stretches: Stretch<Asset, Placed>[] = [];
  for (const range of ranges) {
    stretches.push(await readStretch(db, path, { ...range, ...byFindings.readPlace(cursor), rows: limit + 1 }));
  }
  return mergeStretches({ compare: compareAssets, order: byFindings }, stretches, limit);
}

/** The ranges of an index that hold all assets of a filter, each of them once. */
function rangesOf(filter: AssetFilter): { path: PathName; ranges: readonly AssetFilter[] } {
  const { kind, status } = filter;
  if (kind === undefined && status === undefined) return { path: "company", ranges: [filter] };
  const kinds = kind === undefined ? assetKinds : [kind];
  const statuses = status === undefined ? assetStatuses : [status];
  const ranges = kinds.flatMap((one) => statuses.map((other) => ({ ...filter, kind: one, status: other })));
  return { path: "kind", ranges };
}

type Placed = Pick<Asset, "id" | "openFindings">;

function compareAssets(one: Placed, other: Placed): number {
  return one.openFindings === other.openFindings ? other.id - one.id : other.openFindings - one.openFindings;
}

async function readStretch(db: Handle, path: PathName, wanted: StretchWanted): Promise<Stretch<Asset, Placed>> {
  const { rows, place } = lists[path];
  const end = await place.first(db, { ...wanted, rows: 1 });
  const upTo = end === null ? {} : { endOpen: end.openFindings, endId: end.id };
  const found = await rows.all(db, { ...wanted, ...upTo });
  return { rows: found, end: found.length === wanted.rows ? (found.at(-1) ?? null) : end };
}
