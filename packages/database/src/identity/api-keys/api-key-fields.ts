import { z } from "zod";
import { boundedInteger, text } from "../../validation/input.ts";

/** `scan:read`, `scan:*` or `*`: what may be done to which kind of thing. */
const permissionShape = /^(?:\*|[a-z][a-z0-9_-]{0,39}:(?:\*|[a-z][a-z0-9_-]{0,39}))$/;

const permission = z
  .string()
  .regex(permissionShape)
  .meta({ description: "Such as `scan:read`; `scan:*` for everything about scans, `*` for everything." });

/** What an API key is made of, as fields of an input. */
export const apiKeyFields = {
  name: text({ min: 1, max: 100 }),
  permissions: z
    .array(permission)
    .max(100)
    .refine((list) => new Set(list).size === list.length, "must not name a permission twice")
    .default([]),
  expiresInDays: boundedInteger({ min: 1, max: 3650 })
    .nullable()
    .optional()
    .meta({ description: "Days until it ends; null for never, where the installation allows that." }),
};
