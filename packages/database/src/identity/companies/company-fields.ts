import { companies } from "../../schema/core.ts";
import { fields } from "../../rows/fields.ts";

const names = [
  "name",
  "primaryDomain",
  "additionalDomains",
  "maxSeats",
  "maxDomains",
  "maxStoredRows",
  "maxStoredMib",
  "subscriptionTier",
  "subscriptionStatus",
  "stripeCustomerId",
  "billingEmail",
] as const;

const { additionalDomains, ...values } = fields(companies).values(...names);

/** What a company is made of, as fields of inputs. Only older rows have no list of further domains. */
export const companyFields = { ...values, additionalDomains: additionalDomains.unwrap() };

/** The same for a new company, which has as many domains as it is given unless told. */
export const newCompanyFields = {
  ...fields(companies).pick(...names),
  additionalDomains: companyFields.additionalDomains.default([]),
  maxDomains: companyFields.maxDomains.optional(),
};
