import { z } from "zod";
import { boundedInteger, network, text } from "../../validation/input.ts";

/** `scan:read`, `scan:*` or `*`: what may be done to which kind of thing. */
const permissionShape = /^(?:\*|[a-z][a-z0-9_-]{0,39}:(?:\*|[a-z][a-z0-9_-]{0,39}))$/;

const permission = z
  .string()
  .regex(permissionShape)
  .meta({ description: "Such as `scan:read`; `scan:*` for everything about scans, `*` for everything." });

/** From where a key may be used. An address is the one that the program gives: behind proxies, the one that they forward for. */
export const networksField = z.array(network()).max(32).refine(isSet, "must not name a network twice").meta({
  description: "Networks that it may be used from, such as `192.0.2.0/24`, and addresses; none: from anywhere.",
});

/** How long a key goes on beside the one that takes its place. */
export const overlapField = boundedInteger({ min: 0, max: 7 * 24 })
  .default(24)
  .meta({ description: "Hours that the old key goes on for; 0 ends it at once." });

function isSet(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

/** What an API key is made of, as fields of an input. */
export const apiKeyFields = {
  name: text({ min: 1, max: 100 }),
  permissions: z.array(permission).max(100).refine(isSet, "must not name a permission twice").default([]),
  networks: networksField.default([]),
  expiresInDays: boundedInteger({ min: 1, max: 3650 })
    .nullable()
    .optional()
    .meta({ description: "Days until it ends; null for never, where the installation allows that." }),
};
