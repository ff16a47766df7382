import { requireWithin } from "../../access/require-within.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { listing } from "../../operation/listing.ts";
import { reading } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { companies } from "../../schema/core.ts";
import { domain, parseInput, recordId } from "../../validation/input.ts";
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

/**
 * Lists companies, newest first: `search` is text that the name or the primary domain holds, literally, A to Z whatever
 * their case.
 *
 * @returns a page of companies
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await listCompanies(db, { search: "exam" });
 */
export const listCompanies = listing({
  summary: "List companies",
  permission: "company:read",
  table: companies,
  order: ["id"],
  newestFirst: true,
  filters: { search: ["name", "primaryDomain"] },
  showsDeleted: true,
});

/**
 * Finds a company that has to be there; `getCompany` for one that may not be.
 *
 * @returns the company
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "required.example" });
 * const company = await requireCompany(db, { id });
 */
export const requireCompany = reading({
  summary: "Get a company",
  permission: "company:read",
  input: { id: recordId() },
  output: rowOf(companies),
  run: (db, { id }, caller) => requireWithin(db, companies, id, caller),
});
