import {
  datetime,
  id,
  integer,
  json,
  metered,
  owner,
  softDelete,
  string,
  table,
  tenant,
  text,
  updated,
} from "../kit/index.ts";
import { companies, users } from "../core.ts";
import type { JsonValue } from "../kit/index.ts";

export const asmScans = table(
  "asm_scans",
  {
    module: "surface",
    description: "The newest attack-surface scan of a domain.",
    indexes: [{ columns: ["domain"], unique: true, perCompany: true }],
  },
  {
    id: id(),
    domain: text().notNull(),
    scanResults: json<JsonValue>().notNull(),
    scannedAt: datetime().notNull().stamped(),
    riskScore: integer(),
    riskLevel: text(),
    vulnerabilitiesFound: integer(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const cachedAsmScans = table(
  "cached_asm_scans",
  {
    module: "surface",
    description: "An attack-surface scan kept for quick display.",
    indexes: [{ columns: ["domain", "scanned_at"], liveRowsOnly: true }],
  },
  {
    id: id(),
    domain: string(255).notNull(),
    scannedAt: datetime().stamped(),
    riskScore: integer().default(0),
    riskLevel: string(20),
    totalCves: integer().default(0),
    criticalCves: integer().default(0),
    vulnerabilitiesFound: integer().default(0),
    openPortsCount: integer().default(0),
    scanResults: json<JsonValue>(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const lightboxFindings = table(
  "lightbox_findings",
  { module: "surface", description: "One finding of a Lightbox scan." },
  {
    id: id(),
    asset: text().notNull().indexed(),
    findingType: text().notNull().indexed(),
    url: text().notNull(),
    description: text(),
    severity: text().indexed(),
    statusCode: integer(),
    discoveredAt: datetime().stamped(),
    scanId: text().indexed(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const lightboxScans = table(
  "lightbox_scans",
  {
    module: "surface",
    description: "A Lightbox scan of a domain with its findings by severity.",
    indexes: [{ columns: ["domain", "scanned_at"], liveRowsOnly: true }],
  },
  {
    id: id(),
    domain: text().notNull(),
    scannedAt: datetime().notNull().stamped(),
    totalFindings: integer().default(0),
    criticalCount: integer().default(0),
    highCount: integer().default(0),
    mediumCount: integer().default(0),
    lowCount: integer().default(0),
    findings: json<JsonValue>(),
    scanMetadata: json<JsonValue>(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const xasmScanHistory = table(
  "xasm_scan_history",
  {
    module: "surface",
    description: "An XASM scan that somebody ran, with its results.",
    indexes: [
      { columns: ["scan_id"], unique: true, perCompany: true },
      { columns: ["company_id", "timestamp", "id"] },
      { columns: ["user_id", "timestamp", "id"] },
      { columns: ["timestamp", "id"] },
      { columns: ["company_id", "deleted_at", "stored_bytes"] },
      { columns: ["user_id", "deleted_at", "stored_bytes"] },
    ],
  },
  {
    id: id(),
    scanId: text().notNull(),
    target: text().notNull().indexed(),
    timestamp: datetime().notNull().stamped(),
    status: text().notNull().default("completed"),
    resultsJson: json<JsonValue>(),
    summaryStats: json<JsonValue>(),
    ...owner(users),
    createdAt: datetime().stamped(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
    ...metered(),
  },
);

export const lightboxScanHistory = table(
  "lightbox_scan_history",
  {
    module: "surface",
    description: "A Lightbox scan that somebody ran, with its results.",
    indexes: [
      { columns: ["scan_id"], unique: true, perCompany: true },
      { columns: ["company_id", "timestamp", "id"] },
      { columns: ["user_id", "timestamp", "id"] },
      { columns: ["timestamp", "id"] },
      { columns: ["company_id", "deleted_at", "stored_bytes"] },
      { columns: ["user_id", "deleted_at", "stored_bytes"] },
    ],
  },
  {
    id: id(),
    scanId: text().notNull(),
    target: text().notNull().indexed(),
    timestamp: datetime().notNull().stamped(),
    status: text().notNull().default("completed"),
    resultsJson: json<JsonValue>(),
    summaryStats: json<JsonValue>(),
    totalTests: integer().default(0),
    passedTests: integer().default(0),
    failedTests: integer().default(0),
    ...owner(users),
    createdAt: datetime().stamped(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
    ...metered(),
  },
);

export const scanResultsXasm = table(
  "scan_results_xasm",
  {
    module: "surface",
    description: "The XASM results of a company, kept 48 hours for report writing.",
    bound: "500 of a company, for 48 hours.",
    indexes: [{ columns: ["company"], unique: true, perCompany: true }, { columns: ["expires_at"] }],
  },
  {
    id: id(),
    company: text().notNull(),
    resultsJson: json<JsonValue>().notNull(),
    scanDate: datetime().stamped(),
    expiresAt: datetime().notNull(),
    ...owner(users),
    createdAt: datetime().stamped(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const scanResultsLightbox = table(
  "scan_results_lightbox",
  {
    module: "surface",
    description: "The Lightbox results of a company, kept 48 hours for report writing.",
    bound: "500 of a company, for 48 hours.",
    indexes: [{ columns: ["company"], unique: true, perCompany: true }, { columns: ["expires_at"] }],
  },
  {
    id: id(),
    company: text().notNull(),
    resultsJson: json<JsonValue>().notNull(),
    scanDate: datetime().stamped(),
    expiresAt: datetime().notNull(),
    ...owner(users),
    createdAt: datetime().stamped(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);
