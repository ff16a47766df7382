import { boolean, created, datetime, id, integer, json, reference, string, table, text } from "./kit/index.ts";
import { users } from "./core.ts";
import type { JsonValue } from "./kit/index.ts";

export const apiKeys = table(
  "api_keys",
  { module: "security", description: "A key for programs. Only its digest is stored." },
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
  },
);

export const securityEvents = table(
  "security_events",
  {
    module: "security",
    description: "Something that matters to security: a failed sign-in, a locked account, a revoked key.",
    indexes: [
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
    eventType: string(50).notNull(),
    severity: string(20).notNull(),
    userId: reference(users, { onDelete: "set null" }),
    email: string(255).sensitive("personal"),
    ipAddress: string(45).sensitive("personal"),
    userAgent: text(),
    location: string(255),
    description: text().notNull(),
    metadataJson: json<JsonValue>().searched(),
    acknowledged: boolean().notNull().default(false),
    acknowledgedBy: reference(users, { onDelete: "set null" }),
    acknowledgedAt: datetime(),
    ...created(),
  },
);
