import { input } from "@nerve/database";
import { z } from "zod";
import { pageFields } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";

export const companySchema = rowSchema("companies");

export const listCompaniesQuery = z.strictObject({
  search: input.text({ min: 1, max: 255 }).optional(),
  ...pageFields,
});

const count = input.boundedInteger({ min: 1, max: 1_000_000 });

/** What an administrator of the company itself may change. */
const ownFields = {
  name: input.text({ min: 1, max: 255 }),
  billingEmail: input.email().nullable().optional(),
};

/** What only somebody who manages companies may change: what is paid for, and what belongs to whom. */
const managedFields = {
  primaryDomain: input.domain(),
  additionalDomains: z.array(input.domain()).max(1000).optional(),
  maxSeats: count.optional(),
  maxDomains: input.boundedInteger({ min: 1, max: 1001 }).optional(),
  subscriptionTier: input.text({ min: 1, max: 20 }).optional(),
  subscriptionStatus: input.text({ min: 1, max: 20 }).nullable().optional(),
  stripeCustomerId: input.text({ min: 1, max: 255 }).nullable().optional(),
};

export const managedFieldNames = Object.keys(managedFields);
export const createCompanyBody = z.strictObject({ ...ownFields, ...managedFields });
export const changeCompanyBody = createCompanyBody.partial();
