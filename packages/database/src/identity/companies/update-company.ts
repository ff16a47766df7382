import { z } from "zod";
import { type ActorOption, actorOption } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { json } from "../../schema/kit/parameters.ts";
import { ConflictError } from "../../errors/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { findChangedFields } from "../account/changed-fields.ts";
import { type Company, companyColumns, lockLiveCompany } from "./company.ts";
import { requireOwnDomains } from "./company-domains.ts";
import { companyFields } from "./company-fields.ts";
import { countTakenSeats } from "./seats.ts";

const changesInput = z.strictObject(companyFields).partial();

/** What can be changed of a company. */
export type CompanyChanges = z.input<typeof changesInput>;

type Changes = z.output<typeof changesInput>;

async function requireLimits(tx: Transaction, company: Company, changes: Changes): Promise<void> {
  const { maxSeats, primaryDomain, additionalDomains, maxDomains } = changes;
  if (maxSeats !== undefined && maxSeats < company.maxSeats && maxSeats < (await countTakenSeats(tx, company.id))) {
    throw new ConflictError("SEATS_EXHAUSTED", {
      field: "maxSeats",
      message: "The company's users take more seats than that.",
    });
  }
  if (primaryDomain === undefined && additionalDomains === undefined && maxDomains === undefined) return;
  await requireOwnDomains(tx, company.id, {
    primaryDomain: primaryDomain ?? company.primaryDomain,
    additionalDomains: additionalDomains ?? company.additionalDomains ?? [],
    maxDomains: maxDomains ?? company.maxDomains,
  });
}

/**
 * Changes a company.
 *
 * @param db the database, or an open transaction
 * @param id id of the company
 * @param changes the fields to change, each as in `createCompany`; null clears those that may be empty
 * @param options `actor` (default the system)
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault, one that cannot be changed included
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} SEATS_EXHAUSTED when more seats are taken than `maxSeats` says; CONFLICT when a domain belongs
 *   to another company
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "updated.example" });
 * await updateCompany(db, id, { maxSeats: 50, billingEmail: "bills@updated.example" });
 */
export async function updateCompany(
  db: Handle,
  id: number,
  changes: CompanyChanges,
  options: ActorOption = {},
): Promise<Company> {
  const companyId = parseInput(recordId(), id, { field: "id" });
  const wanted = parseInput(changesInput, changes);
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const company = await lockLiveCompany(tx, companyId);
    await requireLimits(tx, company, wanted);
    const fields = findChangedFields(company, wanted);
    if (fields.length === 0) return company;
    const changed = await writeChanges(tx, companyId, wanted);
    await logAudit(tx, {
      action: "company_updated",
      resourceType: "companies",
      resourceId: companyId,
      metadata: { fields },
      actor,
    });
    return changed;
  });
}

async function writeChanges(tx: Transaction, id: number, changes: Changes): Promise<Company> {
  const { additionalDomains } = changes;
  const update = tx.sql
    .updateTable("companies")
    .set({
      name: changes.name,
      primary_domain: changes.primaryDomain,
      additional_domains: additionalDomains === undefined ? undefined : json(additionalDomains),
      max_seats: changes.maxSeats,
      max_domains: changes.maxDomains,
      subscription_tier: changes.subscriptionTier,
      subscription_status: changes.subscriptionStatus,
      stripe_customer_id: changes.stripeCustomerId,
      billing_email: changes.billingEmail,
      updated_at: tx.clock.now(),
    })
    .where("id", "=", id)
    .returning(companyColumns);
  return (await fetchFirst(tx, update)) as Company;
}
