import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { ConflictError, PermissionError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { rowOf } from "../../rows/index.ts";
import { companies } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { findChangedFields } from "../account/changed-fields.ts";
import { requireReachedCompany } from "./reached-company.ts";
import { type Company, lockLiveCompany } from "./company.ts";
import { requireOwnDomains } from "./company-domains.ts";
import { companyFields } from "./company-fields.ts";
import { countTakenSeats } from "./seats.ts";

const changesInput = z.strictObject(companyFields).partial();
type Changes = z.output<typeof changesInput>;

/** What an administrator of the company itself may change; the rest is what is paid for, and what belongs to whom. */
const ownFields: ReadonlySet<string> = new Set<keyof typeof companyFields>(["name", "billingEmail"]);

function requireRight(changes: Changes, caller: Caller): void {
  const managed = Object.entries(changes).some(([field, value]) => value !== undefined && !ownFields.has(field));
  if (managed && !caller.may("company:manage")) throw new PermissionError();
}

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
 * Changes a company: the fields that are given, each as in `createCompany`; null clears those that may be empty. Domains, seats
 * and subscription take the permission `company:manage`.
 *
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault, one that cannot be changed included
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {PermissionError} PERMISSION_DENIED for domains, seats and subscription
 * @throws {ConflictError} SEATS_EXHAUSTED when more seats are taken than `maxSeats` says; CONFLICT when a domain belongs
 *   to another company
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "updated.example" });
 * await updateCompany(db, { id, maxSeats: 50, billingEmail: "bills@updated.example" });
 */
export const updateCompany = changing({
  summary: "Change a company; its domains, seats and subscription take `company:manage`",
  permission: "company:write",
  input: { id: recordId(), ...changesInput.shape },
  output: rowOf(companies),
  async run(tx, { id, ...wanted }, caller) {
    requireReachedCompany(id, caller);
    requireRight(wanted, caller);
    const company = await lockLiveCompany(tx, id);
    await requireLimits(tx, company, wanted);
    const fields = findChangedFields(company, wanted);
    if (fields.length === 0) return unchanged(company);
    const updated = await changeRow(tx, companies, id, wanted);
    return changed(updated, { action: "company_updated", on: companies, id, metadata: { fields }, companyId: id });
  },
});
