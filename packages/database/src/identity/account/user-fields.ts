import { z } from "zod";
import { boundedInteger } from "../../validation/input.ts";
import { users } from "../../schema/core.ts";
import { fields } from "../../rows/fields.ts";
import type { PasswordPolicy } from "../../cryptography/index.ts";

/** What users may change of their own profile, as fields of inputs. */
export const profileFields = fields(users).values(
  "fullName",
  "username",
  "phoneNumber",
  "timezone",
  "language",
  "theme",
  "emailNotifications",
  "securityAlerts",
  "marketingEmails",
);

/** What decides who somebody is and what they may do; each has a function of its own that changes it. */
export const accountFields = fields(users).values("email", "role", "companyId", "expiresAt");

/** What a new account is made of, passwords and status apart. */
export const newUserFields = fields(users).pick(
  "email",
  "role",
  "companyId",
  "expiresAt",
  "fullName",
  "username",
  "phoneNumber",
  "timezone",
  "language",
);

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
