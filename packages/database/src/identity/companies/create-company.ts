import { z } from "zod";
import { actorField } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { json } from "../../schema/kit/parameters.ts";
import { parseInput } from "../../validation/input.ts";
import { type Company, companyColumns } from "./company.ts";
import { requireOwnDomains } from "./company-domains.ts";
import { companyFields } from "./company-fields.ts";

const createInput = z.strictObject({
  ...companyFields,
  additionalDomains: companyFields.additionalDomains.default([]),
  maxSeats: companyFields.maxSeats.default(1),
  maxDomains: companyFields.maxDomains.optional(),
  subscriptionTier: companyFields.subscriptionTier.default("basic"),
  subscriptionStatus: companyFields.subscriptionStatus.default(null),
  stripeCustomerId: companyFields.stripeCustomerId.default(null),
  billingEmail: companyFields.billingEmail.default(null),
  actor: actorField,
});

/** What a company is made from. */
export type NewCompany = z.input<typeof createInput>;

/**
 * Makes a company.
 *
 * @param db the database, or an open transaction
 * @param options `name`, `primaryDomain`, `additionalDomains` (default none), `maxSeats` (default 1), `maxDomains` (the
 *   primary one counted; default as many as are given), `subscriptionTier` (default `basic`), `subscriptionStatus`,
 *   `stripeCustomerId`, `billingEmail`, `actor` (default the system)
 * @returns the company
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT when a domain belongs to another company, a deleted one included
 * @example
 * const company = await createCompany(db, { name: "Example", primaryDomain: "created.example", maxSeats: 20 });
 */
export async function createCompany(db: Handle, options: NewCompany): Promise<Company> {
  const { actor, ...fields } = parseInput(createInput, options);
  const maxDomains = fields.maxDomains ?? fields.additionalDomains.length + 1;
  return transaction(db, async (tx) => {
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
    await logAudit(tx, { action: "company_created", resourceType: "companies", resourceId: company.id, actor });
    return company;
  });
}
