import { fetchFirst } from "../../database/statement.ts";
import { json } from "../../engines/shared/parameters.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { companies } from "../../schema/core.ts";
import { type Company, companyColumns } from "./company.ts";
import { requireOwnDomains } from "./company-domains.ts";
import { companyFields } from "./company-fields.ts";

/**
 * Makes a company. Unless told otherwise it may have as many domains as it is given, the primary one counted.
 *
 * @returns the company
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT when a domain belongs to another company, a deleted one included
 * @example
 * const company = await createCompany(db, { name: "Example", primaryDomain: "created.example", maxSeats: 20 });
 */
export const createCompany = changing({
  summary: "Create a company",
  permission: "company:manage",
  input: {
    ...companyFields,
    additionalDomains: companyFields.additionalDomains.default([]),
    maxSeats: companyFields.maxSeats.default(1),
    maxDomains: companyFields.maxDomains.optional(),
    subscriptionTier: companyFields.subscriptionTier.default("basic"),
    subscriptionStatus: companyFields.subscriptionStatus.default(null),
    stripeCustomerId: companyFields.stripeCustomerId.default(null),
    billingEmail: companyFields.billingEmail.default(null),
  },
  output: rowOf(companies),
  async run(tx, fields) {
    const maxDomains = fields.maxDomains ?? fields.additionalDomains.length + 1;
    await requireOwnDomains(tx, 0, { ...fields, maxDomains });
    const now = tx.clock.now();
    const insert = tx.sql
      .insertInto("companies")
      .values({
        name: fields.name,
        primary_domain: fields.primaryDomain,
        additional_domains: json(fields.additionalDomains),
        max_seats: fields.maxSeats,
        max_domains: maxDomains,
        subscription_tier: fields.subscriptionTier,
        subscription_status: fields.subscriptionStatus,
        stripe_customer_id: fields.stripeCustomerId,
        billing_email: fields.billingEmail,
        created_at: now,
        updated_at: now,
      })
      .returning(companyColumns);
    const company = (await fetchFirst(tx, insert)) as Company;
    return changed(company, { action: "company_created", on: companies, id: company.id, companyId: company.id });
  },
});
