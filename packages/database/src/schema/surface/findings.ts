import type { JsonValue } from "../kit/index.ts";
import {
  boolean,
  companyOfParent,
  created,
  datetime,
  float,
  id,
  integer,
  json,
  oneOf,
  reference,
  string,
  table,
  tenant,
  text,
  updated,
} from "../kit/index.ts";
import { assets, byReports, severities } from "./assets.ts";
import { companies, users } from "../core.ts";
import { findingStatuses, ruleKinds } from "./finding-words.ts";

export const findingRules = table(
  "finding_rules",
  {
    module: "surface",
    rowName: "FindingRule",
    description: "What a tool checks for, with its texts, which are stored once for all its findings.",
    inOriginal: false,
    bound: byReports,
    indexes: [
      { columns: ["company_id", "source", "key"], unique: true },
      { columns: ["company_id", "open_findings", "id"] },
    ],
  },
  {
    id: id(),
    ...tenant(companies),
    source: string(50).notNull(),
    key: string(300).notNull(),
    kind: oneOf(ruleKinds).notNull(),
    title: string(500).notNull(),
    description: text(),
    remediation: text(),
    references: json<readonly string[]>(),
    cwes: json<readonly string[]>(),
    tags: json<readonly string[]>(),
    severity: oneOf(severities),
    /** What its findings are about, whichever tool reports them. */
    findingKind: string(100),
    /** Whether a person gave the kind, which nothing else then changes. */
    findingKindChosen: boolean().notNull().default(false),
    contentHash: string(24).notNull(),
    openFindings: integer().notNull().default(0),
    ...created(),
    ...updated(),
  },
);

export const assetChecks = table(
  "asset_checks",
  {
    module: "surface",
    description: "A test of an asset that found nothing wrong.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["asset_id", "rule_id"], unique: true }, { columns: ["rule_id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    assetId: reference(assets, { onDelete: "cascade" }).notNull(),
    ruleId: reference(findingRules, { onDelete: "cascade" }).notNull(),
    outcome: oneOf(["pass", "info", "warn"]).notNull(),
    detail: string(500).notNull().default(""),
    lastSeenAt: datetime().notNull(),
    importId: integer().notNull(),
  },
);

export const riskAcceptances = table(
  "risk_acceptances",
  {
    module: "surface",
    rowName: "RiskAcceptance",
    description: "A risk that somebody took on for a while: why, how far, and until when.",
    inOriginal: false,
    bound: "10,000 of a company at once; ended ones as many as the limits of requests let in.",
    indexes: [{ columns: ["company_id", "ended_at", "expires_at", "id"] }],
  },
  {
    id: id(),
    ...tenant(companies),
    reason: text().notNull(),
    /** What makes up for it. */
    compensation: text(),
    ownerUserId: reference(users, { onDelete: "set null" }),
    decidedByUserId: reference(users, { onDelete: "set null" }),
    /** A finding that grows worse than this opens again. */
    maxSeverity: oneOf(severities).notNull(),
    expiresAt: datetime().notNull(),
    endedAt: datetime(),
    endReason: oneOf(["expired", "revoked", "replaced"]),
    ...created(),
    ...updated(),
  },
);

export const findings = table(
  "findings",
  {
    module: "surface",
    rowName: "Finding",
    description: "One weakness of one asset, as one tool reports it through all its scans.",
    inOriginal: false,
    bound: byReports,
    indexes: [
      { columns: ["asset_id", "rule_id", "context_key", "ordinal"], unique: true },
      { columns: ["asset_id", "tool_key"] },
      { columns: ["company_id", "is_open", "risk", "id"] },
      { columns: ["company_id", "is_open", "severity", "risk", "id"] },
      { columns: ["company_id", "is_open", "source", "severity", "risk", "id"] },
      { columns: ["asset_id", "is_open", "risk", "id"] },
      { columns: ["rule_id", "is_open", "risk", "id"] },
      { columns: ["company_id", "is_open", "opened_at", "id"] },
      { columns: ["company_id", "status", "changed_at", "id"] },
      { columns: ["company_id", "due_at", "id"] },
      { columns: ["assigned_to_user_id", "is_open", "risk", "id"] },
      {
        name: "findings_finding_kind_index",
        columns: ["company_id", "finding_kind", "is_open", "severity", "known_exploited", "risk"],
      },
    ],
    checks: [
      {
        name: "findings_is_open",
        sql: `"is_open" = ("status" IN ('open', 'confirmed'))`,
        shown: "is_open = status = ANY ARRAY 'open','confirmed'",
      },
      {
        name: "findings_accepted",
        sql: `"status" <> 'accepted' OR "risk_acceptance_id" IS NOT NULL`,
        shown: "status <> 'accepted' OR risk_acceptance_id IS NOT NULL",
      },
      { name: "findings_due", sql: `"due_at" IS NULL OR "is_open"`, shown: "due_at IS NULL OR is_open" },
      {
        name: "findings_resolved",
        sql: `("status" = 'resolved') = ("resolved_at" IS NOT NULL)`,
        shown: "status = 'resolved' = resolved_at IS NOT NULL",
      },
      { name: "findings_ordinal", sql: `"ordinal" >= 0`, shown: "ordinal >= 0" },
      {
        name: "findings_epss",
        sql: `"epss" >= 0 AND "epss" <= 1`,
        shown: "epss >= (0)::double precision AND epss <= (1)::double precision",
      },
      {
        name: "findings_score",
        sql: `"score" >= 0 AND "score" <= 10`,
        shown: "score >= (0)::double precision AND score <= (10)::double precision",
      },
      { name: "findings_risk", sql: `"risk" >= 0 AND "risk" <= 1300`, shown: "risk >= 0 AND risk <= 1300" },
    ],
  },
  {
    id: id(),
    ...companyOfParent(),
    assetId: reference(assets, { onDelete: "cascade" }).notNull(),
    ruleId: reference(findingRules, { onDelete: "cascade" }).notNull(),
    source: string(50).notNull(),
    /** What tells it from others of its rule on its asset; empty where these two suffice. */
    contextKey: string(24).notNull().default(""),
    /** Its place among equals. */
    ordinal: integer().notNull().default(0),
    /** The tool's own stable name of it, with the rule. */
    toolKey: string(24),
    identityVersion: integer().notNull().default(1),
    title: string(500).notNull(),
    severity: oneOf(severities).notNull(),
    /** What the tool says, whatever a person made of it. */
    reportedSeverity: oneOf(severities).notNull(),
    severityOverridden: boolean().notNull().default(false),
    score: float(),
    vector: string(200),
    status: oneOf(findingStatuses).notNull().default("open"),
    statusReason: string(1000),
    isOpen: boolean().notNull().default(true),
    knownExploited: boolean().notNull().default(false),
    epss: float(),
    risk: integer().notNull().default(0),
    riskAcceptanceId: reference(riskAcceptances, { onDelete: "restrict" }),
    assignedToUserId: reference(users, { onDelete: "set null" }),
    openedAt: datetime().notNull(),
    changedAt: datetime().notNull(),
    dueAt: datetime(),
    resolvedAt: datetime(),
    firstImportId: integer(),
    contentHash: string(24).notNull(),
    ...created(),
    ...updated(),
    /** What it is about: as its rule, unless one rule tells of two things. */
    findingKind: string(50).notNull().default("unclassified"),
  },
);

export const findingLocations = table(
  "finding_locations",
  {
    module: "surface",
    description: "A place of a finding; the finding is there while one of its places is.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["finding_id", "series_id", "locator_key"], unique: true }],
  },
  {
    id: id(),
    ...companyOfParent(),
    findingId: reference(findings, { onDelete: "cascade" }).notNull(),
    seriesId: integer().notNull(),
    locatorKey: string(24).notNull(),
    kind: oneOf(["url", "code", "package", "address", "other"]).notNull(),
    url: string(2048),
    method: string(50),
    parameter: text(),
    filePath: string(1024),
    startLine: integer(),
    endLine: integer(),
    component: text(),
    version: text(),
    fixedVersion: text(),
    /** Message, columns, extracted values and the like, masked. */
    detail: json<JsonValue>(),
    /** A digest of what stands above, so that an import changes only what differs. */
    contentHash: string(24).notNull(),
    occurrences: integer().notNull().default(1),
    present: boolean().notNull().default(true),
    firstImportId: integer().notNull(),
    lastImportId: integer().notNull(),
    previousImportId: integer(),
    goneImportId: integer(),
    firstSeenAt: datetime().notNull(),
    lastSeenAt: datetime().notNull(),
  },
);

export const findingCves = table(
  "finding_cves",
  {
    module: "surface",
    description: "A number of the CVE list that a finding is known by.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["finding_id", "cve"], unique: true }, { columns: ["company_id", "cve", "finding_id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    findingId: reference(findings, { onDelete: "cascade" }).notNull(),
    cve: string(20).notNull(),
  },
);

export const findingEvidence = table(
  "finding_evidence",
  {
    module: "surface",
    description: "What a tool showed of a finding, masked, packed and cut.",
    inOriginal: false,
    bound: "10 pieces of a finding, 32 KiB each.",
    indexes: [{ columns: ["finding_id", "id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    findingId: reference(findings, { onDelete: "cascade" }).notNull(),
    locationId: integer(),
    importId: integer().notNull(),
    kind: oneOf(["request", "response", "output", "snippet"]).notNull(),
    /** zstd, as base64. */
    content: text().notNull(),
    /** Of the text before it was packed. */
    bytes: integer().notNull(),
    truncated: boolean().notNull().default(false),
    /** How many values were masked. */
    masked: integer().notNull().default(0),
    ...created(),
  },
);
