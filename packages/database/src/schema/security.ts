import { boolean, created, datetime, id, integer, json, reference, string, table, tenant, text } from "./kit/index.ts";
import { companies, users } from "./core.ts";
import { eventTypeField, severities } from "./event-rules.ts";
import * as input from "../validation/input.ts";
import type { JsonValue } from "./kit/index.ts";

export const apiKeys = table(
  "api_keys",
  {
    module: "security",
    rowName: "ApiKey",
    description: "A key for programs. Only its digest is stored.",
    rowDescription: "A key for programs, without the key itself.",
    bound: "50 of a user that are good, and 50 more in the overlap of a rotation; 200 are made within a day.",
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    keyHash: string(255).notNull().unique().sensitive("digest"),
    keyPrefix: string(8).notNull(),
    name: string(100).notNull(),
    permissions: json<string[]>(),
    lastUsedAt: datetime(),
    lastUsedIp: string(45).sensitive("personal"),
    usageCount: integer().notNull().default(0),
    ...created(),
    expiresAt: datetime(),
    revokedAt: datetime(),
    isActive: boolean().notNull().default(true),
    networks: json<string[]>().note("the networks that it may be used from; null: from anywhere"),
    refusedCount: integer().notNull().default(0).note("uses from elsewhere, which were refused"),
    lastRefusedAt: datetime(),
    lastRefusedIp: string(45).sensitive("personal"),
    // No foreign key: both are the same user's, and no key is deleted but with its user.
    replacedBy: integer().note("the id of the key that takes its place, where one does"),
  },
);

export const securityEvents = table(
  "security_events",
  {
    module: "security",
    rowName: "SecurityEvent",
    description: "Something that matters to security: a failed sign-in, a locked account, a revoked key.",
    rowDescription: "Something that matters to security.",
    bound:
      "What fails or is refused makes one an hour of each kind and subject, everything else is limited as the request that it tells of; kept for NERVE_EVENT_KEEP_DAYS, critical ones until they are acknowledged.",
    indexes: [
      { columns: ["company_id", "created_at", "id"] },
      { columns: ["user_id", "created_at", "id"] },
      { columns: ["user_id", "severity", "created_at", "id"] },
      { columns: ["severity", "created_at", "id"] },
      { columns: ["event_type", "created_at", "id"] },
      { columns: ["created_at", "id"] },
      { columns: ["email", "created_at"] },
      { columns: ["ip_address", "created_at"] },
    ],
  },
  {
    id: id(),
    eventType: string(50).notNull().is(eventTypeField).note("a lower-case word"),
    severity: string(20)
      .notNull()
      .is(input.oneOf(severities))
      .note(`one of ${severities.map((word) => `\`${word}\``).join(", ")}`),
    userId: reference(users, { onDelete: "set null" }),
    email: string(255).sensitive("personal"),
    ipAddress: string(45).sensitive("personal").is(input.ipAddress()).note("an IP address in its shortest form"),
    userAgent: text(),
    location: string(255),
    description: text().notNull(),
    metadataJson: json<JsonValue>().searched(),
    acknowledged: boolean().notNull().default(false),
    acknowledgedBy: reference(users, { onDelete: "set null" }),
    acknowledgedAt: datetime(),
    ...created(),
    ...tenant(companies, { onDelete: "set null" }),
  },
);
