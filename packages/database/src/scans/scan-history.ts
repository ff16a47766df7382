import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { before, day } from "../database/durations.ts";
import { fetchPage, pageFields, type PageOrder, pageOrder, type PageParameters } from "../database/page.ts";
import { shapedStatement } from "../database/statement.ts";
import { reading } from "../operation/operation.ts";
import { pageOf } from "../rows/index.ts";
import { boundedInteger, limit } from "../validation/input.ts";
import { isPlainObject } from "../validation/plain-object.ts";
import type { LightboxSummary } from "./lightbox-summary.ts";
import { isOwned } from "./owned.ts";
import { listedFields, listedTestFields } from "./scan-answers.ts";
import { type HistoryTable, type Owned, ownedWithin, ownerFields, testColumns } from "./scan-fields.ts";
import type { XasmSummary } from "./xasm-summary.ts";

const historyInput = {
  ...ownerFields,
  days: boundedInteger({ min: 1, max: 36_500 }).default(30),
  ...pageFields,
  limit: limit({ default: 30 }),
};

/** Null where the stored summary is none, as after an import. */
const summaryOf = <Summary>() =>
  z.unknown().meta({ description: "What the results come to; null where there is none." }) as unknown as z.ZodType<
    Summary | null,
    Summary | null
  >;

const xasmScan = z
  .object({ ...listedFields, summary: summaryOf<XasmSummary>() })
  .meta({ id: "XasmScan", description: "An XASM scan without its results." });
const lightboxScan = z
  .object({ ...listedFields, ...listedTestFields, summary: summaryOf<LightboxSummary>() })
  .meta({ id: "LightboxScan", description: "A Lightbox scan without its results." });

/** An XASM scan without its results. */
export type XasmScan = z.output<typeof xasmScan>;
/** A Lightbox scan without its results. */
export type LightboxScan = z.output<typeof lightboxScan>;

type Filters = Owned & PageParameters & { since: Date };

const columns = [
  "id",
  "scan_id",
  "target",
  "timestamp",
  "status",
  "summary_stats as summary",
  "user_id",
  "company_id",
  "created_at",
] as const;

const listOf = (table: HistoryTable, order: PageOrder, moreColumns: readonly (typeof testColumns)[number][]) =>
  shapedStatement((sql, filters: Filters) =>
    order.apply(
      sql
        .selectFrom(table)
        .select([...columns, ...moreColumns])
        .where("timestamp", ">=", filters.since)
        .where("deleted_at", "is", null)
        .where(isOwned(table, filters)),
      filters,
    ),
  );

const newestXasmFirst = pageOrder("xasm_scan_history", ["timestamp", "id"], "desc");
const newestLightboxFirst = pageOrder("lightbox_scan_history", ["timestamp", "id"], "desc");
const listXasm = listOf("xasm_scan_history", newestXasmFirst, []);
const listLightbox = listOf("lightbox_scan_history", newestLightboxFirst, testColumns);

type HistoryInput = z.output<z.ZodObject<typeof historyInput>>;

function readRequest(now: Date, { limit: most, cursor, days, ...owned }: HistoryInput, caller: Caller) {
  return { filters: { ...ownedWithin(owned, caller), since: before(now, days * day) }, limit: most, cursor };
}

/** A summary that is none must not hide its scan, let alone the others of the page. */
function readSummary(stored: unknown): object | null {
  return isPlainObject(stored) ? stored : null;
}

/**
 * Lists XASM scans without their results, newest first, of the last 30 days unless told.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getXasmScanHistory(db, { limit: 30 });
 */
export const getXasmScanHistory = reading({
  summary: "List scans without their results, of the last 30 days unless told",
  permission: "scan:read",
  input: historyInput,
  output: pageOf(xasmScan),
  mayLag: true,
  async run(db, input, caller) {
    const request = readRequest(db.clock.now(), input, caller);
    const { items, nextCursor } = await fetchPage(db, { list: listXasm, order: newestXasmFirst, ...request });
    const scans = items.map((scan) => ({ ...scan, summary: readSummary(scan.summary) as XasmSummary | null }));
    return { items: scans, nextCursor };
  },
});

/**
 * Lists Lightbox scans without their results, newest first, of the last 30 days unless told.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getLightboxScanHistory(db, { limit: 30 });
 */
export const getLightboxScanHistory = reading({
  summary: "List scans without their results, of the last 30 days unless told",
  permission: "scan:read",
  input: historyInput,
  output: pageOf(lightboxScan),
  mayLag: true,
  async run(db, input, caller) {
    const request = readRequest(db.clock.now(), input, caller);
    const { items, nextCursor } = await fetchPage(db, { list: listLightbox, order: newestLightboxFirst, ...request });
    const scans = items.map((scan) => ({ ...scan, summary: readSummary(scan.summary) as LightboxSummary | null }));
    return { items: scans, nextCursor };
  },
});
