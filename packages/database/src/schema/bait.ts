import {
  datetime,
  id,
  integer,
  json,
  owner,
  reference,
  softDelete,
  table,
  tenant,
  text,
  updated,
} from "./kit/index.ts";
import { companies, users } from "./core.ts";
import type { JsonValue } from "./kit/index.ts";

export const baitTokens = table(
  "bait_tokens",
  { module: "bait", description: "A honeytoken: a credential or document that nobody has reason to touch." },
  {
    id: id(),
    identifier: text().notNull().unique(),
    baitType: text(),
    tokenValue: json<JsonValue>().sensitive("personal"),
    seededAt: datetime().stamped(),
    seededLocation: text(),
    firstAccess: datetime(),
    accessCount: integer().default(0),
    lastAccess: datetime(),
    status: text().default("active"),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const baitAccesses = table(
  "bait_accesses",
  { module: "bait", description: "A touch of a honeytoken." },
  {
    id: id(),
    baitId: reference(baitTokens, { onDelete: "cascade" }).notNull(),
    accessedAt: datetime().stamped(),
    sourceIp: text(),
    userAgent: text(),
    requestType: text(),
    requestHeaders: json<JsonValue>(),
    requestBody: json<JsonValue>(),
    fingerprint: text(),
    geolocation: text(),
    threatLevel: text().default("medium"),
    notes: text(),
    acceptLanguage: text(),
    referer: text(),
    secFetchHeaders: json<JsonValue>(),
    attributionType: text(),
    evidenceStrength: text(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
  },
);
