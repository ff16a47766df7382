import type { Kysely } from "kysely";
import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../database/page.ts";
import { shapedStatement } from "../database/statement.ts";
import type { Schema } from "../schema/tables.ts";
import { parseInput } from "../validation/input.ts";
import { isOwned } from "./owned.ts";
import { type Owned, ownerFields, type ShortLivedTable } from "./scan-fields.ts";

const listInput = z.strictObject({ ...ownerFields, ...pageFields });

/** What `getCompaniesWithScans` selects. */
export type CompaniesWithScansFilter = z.input<typeof listInput>;

/** A company, and when the results at hand are from. */
export interface CompanyWithScans {
  company: string;
  hasXasm: boolean;
  hasLightbox: boolean;
  xasmDate: Date | null;
  lightboxDate: Date | null;
}

type Filters = Owned & PageParameters & { now: Date };

const byCompany = pageOrder("scan_results_xasm", ["company"], "asc");

/** The results of one table, with the columns of the other left empty. */
function resultsIn(table: ShortLivedTable, sql: Kysely<Schema>, filters: Filters) {
  return sql
    .selectFrom(table)
    .select((eb) => {
      const none = eb.lit(null).$castTo<Date | null>();
      const date = eb.ref("scan_date");
      const isXasm = table === "scan_results_xasm";
      return [
        "company",
        eb.lit(isXasm ? 1 : 0).as("from_xasm"),
        eb.lit(isXasm ? 0 : 1).as("from_lightbox"),
        (isXasm ? date : none).as("xasm_date"),
        (isXasm ? none : date).as("lightbox_date"),
      ];
    })
    .where("expires_at", ">", filters.now)
    .where("deleted_at", "is", null)
    .where(isOwned(table, filters));
}

const listCompanies = shapedStatement(
  (sql, filters: Filters) => {
    const xasm = resultsIn("scan_results_xasm", sql, filters);
    const lightbox = resultsIn("scan_results_lightbox", sql, filters);
    const companies = sql
      // The order knows the company's column by the name of this table.
      .selectFrom(xasm.unionAll(lightbox).as("scan_results_xasm"))
      .select(({ fn }) => [
        "company",
        fn.max("from_xasm").as("from_xasm"),
        fn.max("from_lightbox").as("from_lightbox"),
        fn.max("xasm_date").as("xasm_date"),
        fn.max("lightbox_date").as("lightbox_date"),
      ])
      .groupBy("company");
    return byCompany.apply(companies, filters);
  },
  { xasm_date: "datetime", lightbox_date: "datetime" },
);

/**
 * Lists the companies that have results kept for reports, by name, each once.
 *
 * @param db the database, or an open transaction
 * @param filter `userId` (the owner) or `companyId` to look at that user's or that company's results only, `limit` (1 to
 *   1000, default 100) and `cursor`
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await getCompaniesWithScans(db, { limit: 20 });
 */
export async function getCompaniesWithScans(
  db: Handle,
  filter: CompaniesWithScansFilter = {},
): Promise<Page<CompanyWithScans>> {
  const { limit, cursor, ...scope } = parseInput(listInput, filter);
  const filters = { ...scope, now: db.clock.now() };
  const { items, nextCursor } = await fetchPage(db, { list: listCompanies, order: byCompany, filters, limit, cursor });
  const companies = items.map(({ fromXasm, fromLightbox, ...row }) => ({
    ...row,
    hasXasm: fromXasm === 1,
    hasLightbox: fromLightbox === 1,
  }));
  return { items: companies, nextCursor };
}
