import { z } from "zod";
import { boundedInteger, domain, email, text } from "../../validation/input.ts";

const count = boundedInteger({ min: 0, max: 1_000_000 });

/** What a company is made of, as fields of inputs; the columns' lengths. */
export const companyFields = {
  name: text({ min: 1, max: 255 }),
  primaryDomain: domain(),
  additionalDomains: z.array(domain()).max(1000),
  maxSeats: count,
  maxDomains: boundedInteger({ min: 1, max: 1001 }),
  subscriptionTier: text({ min: 1, max: 20 }),
  subscriptionStatus: text({ min: 1, max: 20 }).nullable(),
  stripeCustomerId: text({ min: 1, max: 255 }).nullable(),
  billingEmail: email().nullable(),
};
