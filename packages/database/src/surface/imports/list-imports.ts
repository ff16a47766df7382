import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { type Reaching, reachOf, within } from "../../access/within.ts";
import {
  fetchPage,
  type Page,
  pageFields,
  pageOrder,
  type PageOrder,
  type PageParameters,
} from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf } from "../../rows/index.ts";
import { importStatuses, type ImportStatus } from "../../schema/surface/assets.ts";
import type { Schema } from "../../schema/tables.ts";
import { date, oneOf, recordId, text } from "../../validation/input.ts";
import { beside } from "../findings/list/finding-conditions.ts";
import { type CountedImport, receiptOf } from "../importing/report/read-receipt.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";
import { listedImport, type ListedImport } from "./listed-import.ts";

/** What imports can be narrowed by; those that are undefined do not count. */
interface Wanted extends Reaching, PageParameters {
  readonly company: number;
  readonly seriesId?: number | undefined;
  readonly source?: string | undefined;
  readonly status?: ImportStatus | undefined;
  readonly scanId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** All but what may be large. */
const columns = [
  "id",
  "company_id",
  "series_id",
  "scan_id",
  "status",
  "format",
  "tool",
  "tool_version",
  "complete",
  "file_name",
  "sha256",
  "size_bytes",
  "target",
  "scanned_at",
  "started_at",
  "finished_at",
  "undone_at",
  "user_id",
  "undone_by_user_id",
  "error_code",
  "held",
  "counts",
] as const;

const builder = expressionBuilder<Schema, "scan_imports">();

const byTime = pageOrder("scan_imports", ["started_at", "id"], "desc");
/** A series takes one import after another, so that the newest has the greatest id. */
const ofSeries = pageOrder("scan_imports", ["id"], "desc");
/** There is one at most. */
const ofScan = pageOrder("scan_imports", ["scan_id"], "desc");

type Conditions = (p: Wanted) => Expression<SqlBool>[];

/** What the index of a list is read by. */
const ofCompany: Conditions = (p) => [builder("scan_imports.company_id", "=", p.company)];
const ofOneScan: Conditions = (p) => [...ofCompany(p), builder("scan_imports.scan_id", "=", p.scanId as string)];
const ofOneSeries: Conditions = (p) => [builder("scan_imports.series_id", "=", p.seriesId as number)];

const looked: Conditions = (p) => [
  ...ofCompany(p),
  within("scan_imports", p),
  ...(p.source === undefined ? [] : [builder("scan_imports.series_id", "in", seriesOfSource(p))]),
  ...(p.seriesId === undefined ? [] : ofOneSeries(p)),
  ...(p.status === undefined ? [] : [builder("scan_imports.status", "=", p.status)]),
];

function seriesOfSource(p: Wanted) {
  return builder
    .selectFrom("scan_series")
    .select("scan_series.id")
    .where("scan_series.company_id", "=", p.company)
    .where("scan_series.source", "=", p.source as string);
}

const started: Conditions = (p) => [
  ...(p.since === undefined ? [] : [builder("scan_imports.started_at", ">=", p.since)]),
  ...(p.until === undefined ? [] : [builder("scan_imports.started_at", "<", p.until)]),
];

/** Writes the list that an index has in an order; all other conditions are looked at beside it. */
function listBy(order: PageOrder, index: Conditions) {
  return shapedStatement((sql, p: Wanted) => {
    const rows = sql
      .selectFrom("scan_imports")
      .select(columns.map((name) => `scan_imports.${name}` as const))
      .select((eb) => {
        const series = eb.selectFrom("scan_series").whereRef("scan_series.id", "=", "scan_imports.series_id");
        return [
          series.select("scan_series.source").$asScalar().$notNull().as("source"),
          series.select("scan_series.name").$asScalar().$notNull().as("series"),
        ];
      })
      .where((eb) => eb.and([...index(p), ...started(p), ...looked(p).map(beside)]));
    return order.apply(rows, p);
  });
}

const lists = {
  byTime: [listBy(byTime, ofCompany), byTime],
  ofSeries: [listBy(ofSeries, ofOneSeries), ofSeries],
  ofScan: [listBy(ofScan, ofOneScan), ofScan],
} as const;

/**
 * Lists the imports of a company, newest first, each with its receipt. A company has to be named where the caller reaches several.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { items } = await listImports(db, { companyId: 1, source: "trivy", status: "done" });
 */
export const listImports = reading({
  summary: "List imports of reports",
  permission: "finding:read",
  input: {
    companyId: recordId().optional(),
    seriesId: recordId().optional(),
    source: text({ min: 1, max: 50 }).optional().meta({ description: "The family of the tool, such as trivy." }),
    status: oneOf(importStatuses).optional(),
    scanId: text({ min: 1, max: 255 }).optional().meta({ description: "What whoever sent the report calls the scan." }),
    since: date().optional(),
    until: date().optional(),
    ...pageFields,
  },
  output: pageOf(listedImport),
  mayLag: true,
  async run(db, { companyId, limit, cursor, ...filters }, caller): Promise<Page<ListedImport>> {
    const { scanId, seriesId } = filters;
    const [list, order] = lists[scanId !== undefined ? "ofScan" : seriesId === undefined ? "byTime" : "ofSeries"];
    order.readPlace(cursor);
    const company = await companyInQuestion(db, caller, companyId);
    if (company === null) return { items: [], nextCursor: null };
    const wanted = { ...filters, ...reachOf(caller), company };
    const { items, nextCursor } = await fetchPage(db, { list, order, filters: wanted, limit, cursor });
    return { items: items.map(toListed), nextCursor };
  },
});

type Row = Omit<ListedImport, keyof ReturnType<typeof receiptOf>> & CountedImport;

function toListed(row: Row): ListedImport {
  const { id: _, counts: _counts, ...told } = row;
  return { ...told, ...receiptOf(row) };
}
