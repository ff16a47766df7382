import { z } from "zod";

/** How much an event matters, least first. */
export const severities = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** A type of event: a lower-case word of at most 50 characters; those of `securityEventTypes` or the caller's own. */
export const eventTypeField = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,49}$/);
