import { z } from "zod";
import type { Handle } from "../../../database/handle.ts";
import { fetchPage, type Page, pageFields } from "../../../database/page.ts";
import { reading } from "../../../operation/operation.ts";
import { pageOf } from "../../../rows/index.ts";
import { rowWith } from "../../../rows/row-with.ts";
import { findings } from "../../../schema/surface/findings.ts";
import { oneOf } from "../../../validation/input.ts";
import { namesGiven } from "./finding-conditions.ts";
import { filterParameters, findingFilterFields, type FilterParameters } from "./finding-filter.ts";
import { compareIn, orderOf, type Placed, sortNames, type SortName, sortValue } from "./finding-sorts.ts";
import { type PathName, pathNamed, rangesOf } from "./index-paths.ts";
import { type PageWanted, statementAmong, statementsBy } from "./list-statements.ts";
import { narrowestSet } from "./narrow-sets.ts";
import { mergeStretches, type Stretch } from "./range-pages.ts";

/** A finding as lists have it. */
const listedFinding = rowWith(findings, "ListedFinding", { assetName: z.string() });
export type ListedFinding = z.output<typeof listedFinding>;

/** A page that is asked for. */
interface Wanted {
  readonly sort: SortName;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * Lists the findings of a company, the greatest risk first unless `sort` says else. At most 2,000 findings are looked at beside the
 * index that serves the list, so that a page may hold fewer than `limit`, or none: only a `nextCursor` of null is the end. By `due`
 * only those that have a due date are listed. A company has to be named where the caller reaches several.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { items } = await listFindings(db, { companyId: 1, severity: "critical", open: true });
 */
export const listFindings = reading({
  summary: "List findings",
  permission: "finding:read",
  input: { ...findingFilterFields, sort: oneOf(sortNames).default("risk"), ...pageFields },
  output: pageOf(listedFinding),
  mayLag: true,
  async run(db, { sort, limit, cursor, ...filter }, caller): Promise<Page<ListedFinding>> {
    orderOf(sort).readPlace(cursor);
    const wanted = await filterParameters(db, filter, caller);
    if (wanted === null) return { items: [], nextCursor: null };
    return findPage(db, wanted, { sort, limit, cursor });
  },
});

async function findPage(db: Handle, filter: FilterParameters, wanted: Wanted): Promise<Page<ListedFinding>> {
  const { sort, limit, cursor } = wanted;
  const { path, ranges } = rangesOf(sort, filter);
  const order = orderOf(sort);
  if (ranges.some((range) => besides(path, range).length > 0)) {
    const set = await narrowestSet(db, filter);
    if (set !== null) return fetchPage(db, { list: statementAmong(set, sort), order, filters: filter, limit, cursor });
  }
  const stretches: Stretch<ListedFinding, Placed>[] = [];
  for (const range of ranges) {
    stretches.push(await readStretch(db, path, { ...range, ...order.readPlace(cursor), rows: limit + 1 }));
  }
  return mergeStretches({ order, compare: compareIn(sort) }, stretches, limit);
}

/** The conditions that an index does not serve. */
function besides(path: PathName, range: FilterParameters): readonly string[] {
  const { by } = pathNamed(path);
  return namesGiven(range).filter((name) => !by.includes(name));
}

async function readStretch(db: Handle, path: PathName, wanted: PageWanted): Promise<Stretch<ListedFinding, Placed>> {
  const { rows, place } = statementsBy(path);
  const { sort } = pathNamed(path);
  const end = besides(path, wanted).length === 0 ? null : await place.first(db, { ...wanted, rows: 1 });
  const upTo = end === null ? {} : { endValue: sortValue(sort, end), endId: end.id };
  const found = await rows.all(db, { ...wanted, ...upTo });
  return { rows: found, end: found.length === wanted.rows ? (found.at(-1) ?? null) : end };
}
