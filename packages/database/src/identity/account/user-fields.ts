import { z } from "zod";
import { boundedInteger, date, email, oneOf, recordId, text } from "../../validation/input.ts";
import { userRoles } from "../../schema/core.ts";
import type { PasswordPolicy } from "../../cryptography/index.ts";

/** What users may change of their own profile, as fields of inputs; the columns' lengths. */
export const profileFields = {
  fullName: text({ min: 1, max: 255 }).nullable(),
  username: text({ min: 1, max: 100 }).nullable(),
  phoneNumber: text({ min: 1, max: 20 }).nullable(),
  timezone: text({ min: 1, max: 50 }),
  language: text({ min: 1, max: 10 }),
  theme: text({ min: 1, max: 10 }),
  emailNotifications: z.boolean(),
  securityAlerts: z.boolean(),
  marketingEmails: z.boolean(),
};

/** What decides who somebody is and what they may do; each has a function of its own that changes it. */
export const accountFields = {
  email: email(),
  role: oneOf(userRoles),
  companyId: recordId().nullable(),
  expiresAt: date().nullable(),
};

/** Longest text that is looked at as a password, in UTF-16 units; the policy sets the limit that counts. */
const longestPasswordText = 8192;
export const passwordField = z.string().max(longestPasswordText);

/** What an installation demands of passwords beyond the policy's defaults. */
export type PasswordDemands = Pick<PasswordPolicy, "minLength" | "isBreached">;

export const passwordDemandsField = z
  .strictObject({
    minLength: boundedInteger({ min: 1, max: longestPasswordText }).optional(),
    isBreached: z.custom<NonNullable<PasswordPolicy["isBreached"]>>((value) => typeof value === "function").optional(),
  })
  .default({});
