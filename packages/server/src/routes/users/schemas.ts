import { input, userRoles, userStatuses } from "@nerve/database";
import { z } from "zod";
import { idInQuery, pageFields } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";
import { passwordField } from "../auth/fields.ts";

/** A user as everybody sees it who may see it. */
export const userSchema = rowSchema("users");

/** What may be changed at any time; what decides who may do what has routes of its own. */
const profileFields = {
  username: input.text({ min: 1, max: 100 }).nullable(),
  fullName: input.text({ min: 1, max: 255 }).nullable(),
  phoneNumber: input.text({ min: 1, max: 20 }).nullable(),
  timezone: input.text({ min: 1, max: 50 }),
  language: input.text({ min: 1, max: 10 }),
  theme: input.text({ min: 1, max: 10 }),
  emailNotifications: z.boolean(),
  securityAlerts: z.boolean(),
  marketingEmails: z.boolean(),
};

export const listUsersQuery = z.strictObject({
  companyId: idInQuery(),
  role: z.enum(userRoles).optional(),
  status: z.enum(userStatuses).optional(),
  search: input.text({ min: 1, max: 255 }).optional(),
  ...pageFields,
});

export const createUserBody = z.strictObject({
  email: input.email(),
  role: z.enum(userRoles),
  companyId: input.recordId().nullable().optional(),
  fullName: input.text({ min: 1, max: 255 }).optional(),
  username: input.text({ min: 1, max: 100 }).optional(),
  password: passwordField.optional().meta({
    description: "To be changed at the first sign-in. Without it the user gets a mail with a link to set one.",
  }),
  expiresAt: input.isoDate().optional().meta({ description: "When the account ends; demo accounts need it." }),
});

export const changeUserBody = z.strictObject(profileFields).partial();
export const changeEmailBody = z.strictObject({ email: input.email() });
export const changeRoleBody = z.strictObject({
  role: z.enum(userRoles),
  expiresAt: input
    .isoDate()
    .nullable()
    .optional()
    .meta({ description: "When the account ends; demo accounts need it." }),
});
export const moveUserBody = z.strictObject({ companyId: input.recordId().nullable() });
