import { z } from "zod";
import { before, day } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, type PageOrder, pageOrder, type PageParameters } from "../database/page.ts";
import { shapedStatement } from "../database/statement.ts";
import type { RowOf } from "../schema/tables.ts";
import { boundedInteger, limit, parseInput } from "../validation/input.ts";
import { isPlainObject } from "../validation/plain-object.ts";
import type { LightboxSummary } from "./lightbox-summary.ts";
import { type HistoryTable, inScope, type Scope, scopeFields } from "./scan-fields.ts";
import type { XasmSummary } from "./xasm-summary.ts";

const historyInput = z.strictObject({
  ...scopeFields,
  days: boundedInteger({ min: 1, max: 36_500 }).default(30),
  ...pageFields,
  limit: limit({ default: 30 }),
});

/** What the histories select. */
export type ScanHistoryFilter = z.input<typeof historyInput>;

type HistoryColumns = "id" | "scanId" | "target" | "timestamp" | "status" | "userId" | "createdAt";

/** An XASM scan without its results. The summary is null where the stored one is none, as after an import. */
export type XasmScan = Pick<RowOf<"xasm_scan_history">, HistoryColumns> & { summary: XasmSummary | null };

/** A Lightbox scan without its results. The summary is null where the stored one is none, as after an import. */
export type LightboxScan = Pick<
  RowOf<"lightbox_scan_history">,
  HistoryColumns | "totalTests" | "passedTests" | "failedTests"
> & { summary: LightboxSummary | null };

type Filters = Scope & PageParameters & { since: Date };

const columns = [
  "id",
  "scan_id",
  "target",
  "timestamp",
  "status",
  "summary_stats as summary",
  "user_id",
  "created_at",
] as const;
const testColumns = ["total_tests", "passed_tests", "failed_tests"] as const;

const listOf = (table: HistoryTable, order: PageOrder, moreColumns: readonly (typeof testColumns)[number][]) =>
  shapedStatement((sql, filters: Filters) =>
    order.apply(
      sql
        .selectFrom(table)
        .select([...columns, ...moreColumns])
        .where("timestamp", ">=", filters.since)
        .where("deleted_at", "is", null)
        .where(inScope(sql, filters)),
      filters,
    ),
  );

const newestXasmFirst = pageOrder("xasm_scan_history", ["timestamp", "id"], "desc");
const newestLightboxFirst = pageOrder("lightbox_scan_history", ["timestamp", "id"], "desc");
const listXasm = listOf("xasm_scan_history", newestXasmFirst, []);
const listLightbox = listOf("lightbox_scan_history", newestLightboxFirst, testColumns);

function readRequest(db: Handle, filter: ScanHistoryFilter) {
  const { limit: most, cursor, days, ...scope } = parseInput(historyInput, filter);
  return { filters: { ...scope, since: before(db.clock.now(), days * day) }, limit: most, cursor };
}

/** A summary that is none must not hide its scan, let alone the others of the page. */
function readSummary(stored: unknown): object | null {
  return isPlainObject(stored) ? stored : null;
}

/**
 * Lists XASM scans without their results, newest first.
 *
 * @param db the database, or an open transaction
 * @param filter `userId` (the owner), `companyId` (scans of that company's users only), `days` before now (1 to 36500,
 *   default 30), `limit` (1 to 1000, default 30) and `cursor`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getXasmScanHistory(db, { limit: 30 });
 */
export async function getXasmScanHistory(db: Handle, filter: ScanHistoryFilter = {}): Promise<Page<XasmScan>> {
  const { items, nextCursor } = await fetchPage(db, {
    list: listXasm,
    order: newestXasmFirst,
    ...readRequest(db, filter),
  });
  const scans = items.map((scan) => ({ ...scan, summary: readSummary(scan.summary) as XasmSummary | null }));
  return { items: scans, nextCursor };
}

/**
 * Lists Lightbox scans without their results, newest first.
 *
 * @param db the database, or an open transaction
 * @param filter as for `getXasmScanHistory`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getLightboxScanHistory(db, { limit: 30 });
 */
export async function getLightboxScanHistory(db: Handle, filter: ScanHistoryFilter = {}): Promise<Page<LightboxScan>> {
  const { items, nextCursor } = await fetchPage(db, {
    list: listLightbox,
    order: newestLightboxFirst,
    ...readRequest(db, filter),
  });
  const scans = items.map((scan) => ({ ...scan, summary: readSummary(scan.summary) as LightboxSummary | null }));
  return { items: scans, nextCursor };
}
