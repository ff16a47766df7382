import {
  boolean,
  created,
  datetime,
  id,
  integer,
  json,
  reference,
  softDelete,
  string,
  table,
  tenant,
  text,
  updated,
} from "./kit/index.ts";
import { companies, users } from "./core.ts";
import type { JsonValue } from "./kit/index.ts";

export const ghostSearchQueries = table(
  "ghost_search_queries",
  { module: "ghost", description: "A search for breached credentials, and who made it." },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    queryType: string(20).notNull(),
    queryValue: string(255).notNull(),
    resultsCount: integer().notNull().default(0),
    searchSources: json<JsonValue>(),
    responseTimeMs: integer(),
    searchedAt: datetime().notNull().stamped().indexed(),
    ...created(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const monitoredEmails = table(
  "monitored_emails",
  { module: "ghost", description: "An e-mail address that is watched for breaches." },
  {
    id: id(),
    companyId: reference(companies, { onDelete: "cascade" }),
    userId: reference(users, { onDelete: "cascade" }),
    createdByUserId: reference(users, { onDelete: "restrict" }).notNull(),
    emailAddress: string(255).notNull().indexed(),
    monitorScope: string(20).notNull(),
    lastChecked: datetime(),
    findingsCount: integer().notNull().default(0),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const monitoredEmailFindings = table(
  "monitored_email_findings",
  { module: "ghost", description: "A breach in which a watched address was found." },
  {
    id: id(),
    monitoredEmailId: reference(monitoredEmails, { onDelete: "cascade" }).notNull(),
    findingType: string(50).notNull(),
    source: string(100).notNull(),
    breachName: string(255),
    breachDate: datetime(),
    details: json<JsonValue>().notNull(),
    severity: string(20).notNull(),
    notified: boolean().notNull().default(false),
    notifiedAt: datetime(),
    foundAt: datetime().notNull().stamped(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const uploadedBreachFiles = table(
  "uploaded_breach_files",
  {
    module: "ghost",
    description: "A file of breached credentials that was uploaded for search.",
    indexes: [{ columns: ["expires_at"] }],
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    filename: string(255).notNull(),
    fileSize: integer().notNull(),
    filePath: string(500).notNull(),
    storageLocation: string(20).notNull(),
    indexed: boolean().notNull().default(false),
    recordsCount: integer(),
    processingStatus: string(20).notNull().default("pending"),
    processingError: text(),
    contentHash: string(64).notNull(),
    mimeType: string(100).notNull(),
    virusScanned: boolean().notNull().default(false),
    virusScanResult: string(100),
    securityFlags: json<JsonValue>(),
    uploadedAt: datetime().notNull().stamped(),
    expiresAt: datetime().notNull(),
    ...created(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const breachFileResults = table(
  "breach_file_results",
  { module: "ghost", description: "A credential found in an uploaded breach file." },
  {
    id: id(),
    uploadedFileId: reference(uploadedBreachFiles, { onDelete: "cascade" }).notNull(),
    email: string(255).notNull().indexed(),
    passwordHash: text().sensitive("harvested"),
    passwordPlain: text().sensitive("harvested"),
    additionalData: json<JsonValue>(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);
