import { type Expression, type ExpressionBuilder, sql, type SqlBool } from "kysely";
import { acrossCompanies } from "../../database/across-companies.ts";
import type { Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { fetchFirst } from "../../database/statement.ts";
import { ConflictError, ValidationError } from "../../errors/index.ts";
import type { Schema } from "../../schema/tables.ts";

interface CompanyDomains {
  readonly primaryDomain: string;
  readonly additionalDomains: readonly string[];
  readonly maxDomains: number;
}

/**
 * Whether one of a company's additional domains is this one. Domain names hold no wildcard of LIKE, and no character
 * that JSON escapes, so that the name in its quotes is found in the document's text.
 */
export function listsDomain(eb: ExpressionBuilder<Schema, "companies">, domain: string): Expression<SqlBool> {
  const document = eb.cast<string>("additional_domains", "text");
  return eb(document, "like", sql<string>`'%"' || ${domain} || '"%'`);
}

/** Whether the primary domain is this one. */
export function hasPrimaryDomain(eb: ExpressionBuilder<Schema, "companies">, domain: string): Expression<SqlBool> {
  return eb(eb.fn<string>("lower", ["primary_domain"]), "=", domain);
}

async function isTaken(tx: Transaction, domain: string, exceptCompany: number): Promise<boolean> {
  const query = tx.sql
    .selectFrom("companies")
    .select("id")
    .where("id", "<>", exceptCompany)
    .where((eb) => eb.or([hasPrimaryDomain(eb, domain), listsDomain(eb, domain)]))
    .limit(1);
  return (await acrossCompanies(tx, (all) => fetchFirst(all, query))) !== null;
}

/**
 * Holds a company's domains to their rules: no more of them than `maxDomains`, none twice, and each the domain of one
 * company only, deleted ones included, since they may come back.
 *
 * @param companyId the company itself; 0 for one that is being made
 * @throws {ValidationError} INVALID_INPUT for `additionalDomains`
 * @throws {ConflictError} CONFLICT with the field whose domain belongs to another company
 */
export async function requireOwnDomains(tx: Transaction, companyId: number, company: CompanyDomains): Promise<void> {
  const { primaryDomain, additionalDomains, maxDomains } = company;
  const all = [primaryDomain, ...additionalDomains];
  if (new Set(all).size < all.length) refuseList("must not name a domain twice");
  if (all.length > maxDomains) refuseList("must not hold more domains than maxDomains allows, the primary one counted");
  await holdName(tx, "domains of companies");
  for (const domain of all) {
    if (!(await isTaken(tx, domain, companyId))) continue;
    const field = domain === primaryDomain ? "primaryDomain" : "additionalDomains";
    throw new ConflictError("CONFLICT", { field, message: "The domain belongs to another company." });
  }
}

function refuseList(message: string): never {
  throw new ValidationError([{ field: "additionalDomains", message }]);
}
