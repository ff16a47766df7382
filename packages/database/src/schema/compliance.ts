import {
  created,
  datetime,
  id,
  integer,
  json,
  reference,
  softDelete,
  string,
  table,
  text,
  updated,
} from "./kit/index.ts";
import { companies, users } from "./core.ts";
import { scanResultsLightbox, scanResultsXasm } from "./surface/scans.ts";
import type { JsonValue } from "./kit/index.ts";

export const complianceAssessments = table(
  "compliance_assessments",
  { module: "compliance", description: "An assessment of a company against a framework." },
  {
    id: id(),
    companyId: reference(companies, { onDelete: "cascade" }).notNull(),
    createdByUserId: reference(users, { onDelete: "restrict" }).notNull(),
    framework: string(50).notNull().indexed(),
    frameworkVersion: string(20),
    status: string(20).notNull().default("in_progress"),
    overallComplianceScore: integer(),
    assessmentDate: datetime().notNull(),
    completionDate: datetime(),
    expiryDate: datetime(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const complianceControls = table(
  "compliance_controls",
  { module: "compliance", description: "A control within an assessment, and what flagged it." },
  {
    id: id(),
    assessmentId: reference(complianceAssessments, { onDelete: "cascade" }).notNull(),
    controlId: string(50).notNull(),
    controlName: string(255).notNull(),
    controlCategory: string(100),
    status: string(20).notNull().default("not_tested"),
    complianceScore: integer(),
    scanSource: string(20),
    scanFindingType: string(100),
    scanFindingId: string(100),
    scanFlaggedAt: datetime(),
    scanVerifiedAt: datetime(),
    scanDomain: string(255),
    evidenceSummary: text(),
    remediationNotes: text(),
    assignedToUserId: reference(users, { onDelete: "set null" }),
    lastReviewed: datetime(),
    nextReviewDate: datetime(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const complianceEvidence = table(
  "compliance_evidence",
  { module: "compliance", description: "Evidence for a control." },
  {
    id: id(),
    controlId: reference(complianceControls, { onDelete: "cascade" }).notNull(),
    evidenceType: string(50).notNull(),
    title: string(255).notNull(),
    description: text(),
    filePath: string(500),
    fileSize: integer(),
    fileType: string(100),
    uploadedByUserId: reference(users, { onDelete: "restrict" }).notNull(),
    evidenceDate: datetime(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);

export const vulnerabilityReports = table(
  "vulnerability_reports",
  { module: "compliance", description: "A written report over the scans of a company." },
  {
    id: id(),
    companyId: reference(companies, { onDelete: "cascade" }),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    xasmScanId: reference(scanResultsXasm, { onDelete: "set null" }),
    lightboxScanId: reference(scanResultsLightbox, { onDelete: "set null" }),
    riskScore: integer().notNull(),
    riskLevel: string(20).notNull(),
    executiveSummary: text().notNull(),
    reportJson: json<JsonValue>().notNull(),
    aiModel: string(50).notNull(),
    generationTimeMs: integer(),
    generatedAt: datetime().notNull().stamped(),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);
