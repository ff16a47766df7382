import { companyFields, input } from "@nerve/database";
import { z } from "zod";
import { pageFields } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";

export const companySchema = rowSchema("companies");

export const listCompaniesQuery = z.strictObject({
  search: input.text({ min: 1, max: 255 }).optional(),
  ...pageFields,
});

/** What an administrator of the company itself may change. */
const ownFields = { name: companyFields.name, billingEmail: companyFields.billingEmail.optional() };

/** What only somebody who manages companies may change: what is paid for, and what belongs to whom. */
const managedFields = {
  primaryDomain: companyFields.primaryDomain,
  additionalDomains: companyFields.additionalDomains.optional(),
  maxSeats: companyFields.maxSeats.optional(),
  maxDomains: companyFields.maxDomains.optional(),
  subscriptionTier: companyFields.subscriptionTier.optional(),
  subscriptionStatus: companyFields.subscriptionStatus.optional(),
  stripeCustomerId: companyFields.stripeCustomerId.optional(),
};

export const managedFieldNames = Object.keys(managedFields);
export const createCompanyBody = z.strictObject({ ...ownFields, ...managedFields });
export const changeCompanyBody = createCompanyBody.partial();
