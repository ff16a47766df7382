import type { JsonValue } from "../kit/index.ts";
import {
  boolean,
  companyOfParent,
  created,
  datetime,
  id,
  integer,
  json,
  oneOf,
  reference,
  softDelete,
  string,
  table,
  tenant,
  updated,
} from "../kit/index.ts";
import { companies, users } from "../core.ts";

/** From the worst to the least. */
export const severities = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof severities)[number];

export const assetKinds = ["host", "service", "repository", "image", "resource", "unnamed"] as const;
export type AssetKind = (typeof assetKinds)[number];

export const assetStatuses = ["active", "gone", "ignored"] as const;
export type AssetStatus = (typeof assetStatuses)[number];

export const importStatuses = ["reading", "merging", "done", "partial", "failed", "undone"] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What bounds the tables that imports fill. */
export const byReports =
  "What reports hold: at most 2,000,000 records each, and so many reports as the limits of requests let in.";

export const scanSeries = table(
  "scan_series",
  {
    module: "surface",
    rowName: "ScanSeries",
    description: "A scan that is repeated: only the series that saw a place can say that it is gone.",
    inOriginal: false,
    bound: "1,000 of a company.",
    indexes: [{ columns: ["company_id", "source", "name"], unique: true }],
  },
  {
    id: id(),
    ...tenant(companies),
    /** The family of the tool. */
    source: string(50).notNull(),
    name: string(200).notNull().default(""),
    /** Until when the import that runs now has its turn. */
    importingUntil: datetime(),
    /** Which columns of a generic CSV hold what. */
    mapping: json<Readonly<Record<string, string>>>(),
    ...created(),
    ...updated(),
  },
);

export const scanImports = table(
  "scan_imports",
  {
    module: "surface",
    rowName: "ScanImport",
    description: "One report that was taken in, with its receipt.",
    inOriginal: false,
    bound: "One for each report; as many as the limits of requests let in.",
    indexes: [
      { columns: ["company_id", "scan_id"], unique: true },
      { columns: ["company_id", "started_at", "id"] },
      { columns: ["series_id", "id"] },
    ],
  },
  {
    id: id(),
    ...tenant(companies),
    seriesId: reference(scanSeries, { onDelete: "cascade" }).notNull(),
    /** What the caller calls the scan; the same one again is the same import. */
    scanId: string(255).notNull(),
    format: string(50).notNull(),
    tool: string(200).notNull().default(""),
    toolVersion: string(100).notNull().default(""),
    fileName: string(255),
    sha256: string(64).notNull(),
    sizeBytes: integer().notNull(),
    /** What the report is of, where it does not say so itself. */
    target: string(600),
    /** When the scan was made, as the report says; when it was taken in where it does not. */
    scannedAt: datetime().notNull(),
    status: oneOf(importStatuses).notNull().default("reading"),
    coverage: json<JsonValue>(),
    /** Whether the report was read whole and may speak for what it covers. */
    complete: boolean().notNull().default(false),
    /** Findings that it would have closed, and that wait for somebody to confirm it. */
    held: integer().notNull().default(0),
    /** The receipt's numbers. */
    counts: json<JsonValue>(),
    rejects: json<JsonValue>(),
    warnings: json<JsonValue>(),
    /** What the caller asked for, so that an interrupted import can go on. */
    options: json<JsonValue>(),
    errorCode: string(50),
    userId: reference(users, { onDelete: "set null" }),
    startedAt: datetime().notNull(),
    finishedAt: datetime(),
    undoneAt: datetime(),
    undoneByUserId: reference(users, { onDelete: "set null" }),
    ...created(),
    ...updated(),
  },
);

export const assets = table(
  "assets",
  {
    module: "surface",
    rowName: "Asset",
    description: "Something that can be attacked: a host, a service, a repository, an image or a resource.",
    inOriginal: false,
    bound: byReports,
    indexes: [
      { columns: ["company_id", "kind", "key"], unique: true },
      { columns: ["company_id", "kind", "status", "open_findings", "id"] },
      { columns: ["company_id", "name", "id"] },
      { columns: ["company_id", "open_findings", "id"] },
      { columns: ["parent_id"] },
    ],
  },
  {
    id: id(),
    ...tenant(companies),
    kind: oneOf(assetKinds).notNull(),
    /** Its canonical name, by which reports find it again. */
    key: string(600).notNull(),
    /** As people read it. */
    name: string(600).notNull(),
    /** The host of a service. No foreign key, since rows of one table are copied in any order. */
    parentId: integer(),
    status: oneOf(assetStatuses).notNull().default("active"),
    /** 0 to 4. */
    criticality: integer().notNull().default(2),
    ownerUserId: reference(users, { onDelete: "set null" }),
    details: json<JsonValue>(),
    firstSeenAt: datetime().notNull(),
    lastSeenAt: datetime().notNull(),
    openFindings: integer().notNull().default(0),
    worstSeverity: oneOf(severities),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const assetNames = table(
  "asset_names",
  {
    module: "surface",
    description: "A name of an asset that was looked up, and that changes by itself.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["asset_id", "kind", "name"], unique: true }, { columns: ["company_id", "name"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    assetId: reference(assets, { onDelete: "cascade" }).notNull(),
    kind: oneOf(["address", "reverse", "certificate", "alias"]).notNull(),
    name: string(255).notNull(),
    firstSeenAt: datetime().notNull(),
    lastSeenAt: datetime().notNull(),
  },
);

export const assetCoverage = table(
  "asset_coverage",
  {
    module: "surface",
    description: "The newest imports of a series that spoke of an asset, and that covered it.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["asset_id", "series_id"], unique: true }, { columns: ["series_id", "covered_import_id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    assetId: reference(assets, { onDelete: "cascade" }).notNull(),
    seriesId: integer().notNull(),
    spokeImportId: integer(),
    spokeAt: datetime(),
    coveredImportId: integer(),
    coveredAt: datetime(),
  },
);
