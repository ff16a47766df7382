import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import { domain, parseInput, recordId, text } from "../../validation/input.ts";
import { type Company, companyColumns } from "./company.ts";
import { hasPrimaryDomain, listsDomain } from "./company-domains.ts";

const findById = statement((sql, p: { id: number }) =>
  sql.selectFrom("companies").select(companyColumns).where("id", "=", p.id).where("deleted_at", "is", null),
);

/**
 * Finds a company by its id.
 *
 * @param db the database, or an open transaction
 * @param id id of the company
 * @returns the company; null when there is none, or it is deleted
 * @throws {ValidationError} INVALID_INPUT when `id` is no id
 * @example
 * const company = await getCompany(db, 1);
 */
export async function getCompany(db: Handle, id: number): Promise<Company | null> {
  return findById.first(db, { id: parseInput(recordId(), id, { field: "id" }) });
}

const findByPrimaryDomain = statement((sql, p: { domain: string }) =>
  sql
    .selectFrom("companies")
    .select(companyColumns)
    .where((eb) => hasPrimaryDomain(eb, p.domain))
    .where("deleted_at", "is", null),
);

const findByListedDomain = statement((sql, p: { domain: string }) =>
  sql
    .selectFrom("companies")
    .select(companyColumns)
    .where((eb) => listsDomain(eb, p.domain))
    .where("deleted_at", "is", null)
    .orderBy("id")
    .limit(1),
);

/**
 * Finds the company that a domain belongs to, as its primary domain or one of the others. Subdomains are domains of
 * their own.
 *
 * @param db the database, or an open transaction
 * @param name a domain in any case, internationalised or not
 * @returns the company; null when the domain is no company's
 * @throws {ValidationError} INVALID_INPUT when `name` is no domain
 * @example
 * const company = await findCompanyByDomain(db, "Example.org");
 */
export async function findCompanyByDomain(db: Handle, name: string): Promise<Company | null> {
  const wanted = { domain: parseInput(domain(), name, { field: "domain" }) };
  return (await findByPrimaryDomain.first(db, wanted)) ?? findByListedDomain.first(db, wanted);
}

const filterFields = {
  search: text({ min: 1, max: 255 }).optional(),
  companyId: recordId().optional(),
  includeDeleted: z.boolean().default(false),
};
const listInput = z.strictObject({ ...filterFields, ...pageFields });

/** Which companies are wanted. */
export type CompanyQuery = z.input<typeof listInput>;

const newestFirst = pageOrder("companies", ["id"], "desc");

const list = shapedStatement(
  (sql, p: { search?: string | undefined; companyId?: number | undefined; live?: true } & PageParameters, dialect) => {
    let query = sql.selectFrom("companies").select(companyColumns);
    if (p.live !== undefined) query = query.where("deleted_at", "is", null);
    if (p.companyId !== undefined) query = query.where("id", "=", p.companyId);
    const { search } = p;
    if (search !== undefined) {
      query = query.where((eb) =>
        eb.or([dialect.containsText(eb.ref("name"), search), dialect.containsText(eb.ref("primary_domain"), search)]),
      );
    }
    return newestFirst.apply(query, p);
  },
);

/**
 * Lists companies, newest first.
 *
 * @param db the database, or an open transaction
 * @param options `search` (text that the name or the primary domain holds, literally, A to Z whatever their case),
 *   `companyId` (this company only), `includeDeleted` (default false), `limit` (1 to 1000, default 100) and `cursor`
 * @returns a page of companies
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await listCompanies(db, { search: "exam" });
 */
export async function listCompanies(db: Handle, options: CompanyQuery = {}): Promise<Page<Company>> {
  const { limit, cursor, includeDeleted, ...filters } = parseInput(listInput, options);
  const wanted = includeDeleted ? filters : { ...filters, live: true as const };
  return fetchPage(db, { list, order: newestFirst, filters: wanted, limit, cursor });
}
