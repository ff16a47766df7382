import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "vulnerability_reports";
DROP TABLE "compliance_evidence";
DROP TABLE "compliance_controls";
DROP TABLE "compliance_assessments";
`;

/** Tables of the module compliance: compliance assessments and reports. */
export const migration: Migration = {
  version: "0006",
  description: "Tables for compliance assessments and reports",
  up: {
    sqlite: `
CREATE TABLE "compliance_assessments" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL REFERENCES "companies" ("id") ON DELETE CASCADE,
  "created_by_user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "framework" TEXT NOT NULL CHECK (length("framework") <= 50),
  "framework_version" TEXT CHECK (length("framework_version") <= 20),
  "status" TEXT NOT NULL DEFAULT 'in_progress' CHECK (length("status") <= 20),
  "overall_compliance_score" INTEGER,
  "assessment_date" INTEGER NOT NULL,
  "completion_date" INTEGER,
  "expiry_date" INTEGER,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "compliance_assessments_company_id_index" ON "compliance_assessments" ("company_id");
CREATE INDEX "compliance_assessments_created_by_user_id_index" ON "compliance_assessments" ("created_by_user_id");
CREATE INDEX "compliance_assessments_framework_index" ON "compliance_assessments" ("framework") WHERE "deleted_at" IS NULL;
CREATE INDEX "compliance_assessments_deleted_at_index" ON "compliance_assessments" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "compliance_controls" (
  "id" INTEGER PRIMARY KEY,
  "assessment_id" INTEGER NOT NULL REFERENCES "compliance_assessments" ("id") ON DELETE CASCADE,
  "control_id" TEXT NOT NULL CHECK (length("control_id") <= 50),
  "control_name" TEXT NOT NULL CHECK (length("control_name") <= 255),
  "control_category" TEXT CHECK (length("control_category") <= 100),
  "status" TEXT NOT NULL DEFAULT 'not_tested' CHECK (length("status") <= 20),
  "compliance_score" INTEGER,
  "scan_source" TEXT CHECK (length("scan_source") <= 20),
  "scan_finding_type" TEXT CHECK (length("scan_finding_type") <= 100),
  "scan_finding_id" TEXT CHECK (length("scan_finding_id") <= 100),
  "scan_flagged_at" INTEGER,
  "scan_verified_at" INTEGER,
  "scan_domain" TEXT CHECK (length("scan_domain") <= 255),
  "evidence_summary" TEXT,
  "remediation_notes" TEXT,
  "assigned_to_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "last_reviewed" INTEGER,
  "next_review_date" INTEGER,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "compliance_controls_assessment_id_index" ON "compliance_controls" ("assessment_id");
CREATE INDEX "compliance_controls_assigned_to_user_id_index" ON "compliance_controls" ("assigned_to_user_id");
CREATE INDEX "compliance_controls_deleted_at_index" ON "compliance_controls" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "compliance_evidence" (
  "id" INTEGER PRIMARY KEY,
  "control_id" INTEGER NOT NULL REFERENCES "compliance_controls" ("id") ON DELETE CASCADE,
  "evidence_type" TEXT NOT NULL CHECK (length("evidence_type") <= 50),
  "title" TEXT NOT NULL CHECK (length("title") <= 255),
  "description" TEXT,
  "file_path" TEXT CHECK (length("file_path") <= 500),
  "file_size" INTEGER,
  "file_type" TEXT CHECK (length("file_type") <= 100),
  "uploaded_by_user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "evidence_date" INTEGER,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "compliance_evidence_control_id_index" ON "compliance_evidence" ("control_id");
CREATE INDEX "compliance_evidence_uploaded_by_user_id_index" ON "compliance_evidence" ("uploaded_by_user_id");
CREATE INDEX "compliance_evidence_deleted_at_index" ON "compliance_evidence" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "vulnerability_reports" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "xasm_scan_id" INTEGER REFERENCES "scan_results_xasm" ("id") ON DELETE SET NULL,
  "lightbox_scan_id" INTEGER REFERENCES "scan_results_lightbox" ("id") ON DELETE SET NULL,
  "risk_score" INTEGER NOT NULL,
  "risk_level" TEXT NOT NULL CHECK (length("risk_level") <= 20),
  "executive_summary" TEXT NOT NULL,
  "report_json" TEXT NOT NULL CHECK (json_valid("report_json")),
  "ai_model" TEXT NOT NULL CHECK (length("ai_model") <= 50),
  "generation_time_ms" INTEGER,
  "generated_at" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "vulnerability_reports_company_id_index" ON "vulnerability_reports" ("company_id");
CREATE INDEX "vulnerability_reports_user_id_index" ON "vulnerability_reports" ("user_id");
CREATE INDEX "vulnerability_reports_xasm_scan_id_index" ON "vulnerability_reports" ("xasm_scan_id");
CREATE INDEX "vulnerability_reports_lightbox_scan_id_index" ON "vulnerability_reports" ("lightbox_scan_id");
CREATE INDEX "vulnerability_reports_deleted_at_index" ON "vulnerability_reports" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
    postgres: `
CREATE TABLE "compliance_assessments" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL REFERENCES "companies" ("id") ON DELETE CASCADE,
  "created_by_user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "framework" varchar(50) NOT NULL,
  "framework_version" varchar(20),
  "status" varchar(20) NOT NULL DEFAULT 'in_progress',
  "overall_compliance_score" bigint,
  "assessment_date" timestamptz NOT NULL,
  "completion_date" timestamptz,
  "expiry_date" timestamptz,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "compliance_assessments_company_id_index" ON "compliance_assessments" ("company_id");
CREATE INDEX "compliance_assessments_created_by_user_id_index" ON "compliance_assessments" ("created_by_user_id");
CREATE INDEX "compliance_assessments_framework_index" ON "compliance_assessments" ("framework") WHERE "deleted_at" IS NULL;
CREATE INDEX "compliance_assessments_deleted_at_index" ON "compliance_assessments" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "compliance_controls" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "assessment_id" bigint NOT NULL REFERENCES "compliance_assessments" ("id") ON DELETE CASCADE,
  "control_id" varchar(50) NOT NULL,
  "control_name" varchar(255) NOT NULL,
  "control_category" varchar(100),
  "status" varchar(20) NOT NULL DEFAULT 'not_tested',
  "compliance_score" bigint,
  "scan_source" varchar(20),
  "scan_finding_type" varchar(100),
  "scan_finding_id" varchar(100),
  "scan_flagged_at" timestamptz,
  "scan_verified_at" timestamptz,
  "scan_domain" varchar(255),
  "evidence_summary" text,
  "remediation_notes" text,
  "assigned_to_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "last_reviewed" timestamptz,
  "next_review_date" timestamptz,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "compliance_controls_assessment_id_index" ON "compliance_controls" ("assessment_id");
CREATE INDEX "compliance_controls_assigned_to_user_id_index" ON "compliance_controls" ("assigned_to_user_id");
CREATE INDEX "compliance_controls_deleted_at_index" ON "compliance_controls" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "compliance_evidence" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "control_id" bigint NOT NULL REFERENCES "compliance_controls" ("id") ON DELETE CASCADE,
  "evidence_type" varchar(50) NOT NULL,
  "title" varchar(255) NOT NULL,
  "description" text,
  "file_path" varchar(500),
  "file_size" bigint,
  "file_type" varchar(100),
  "uploaded_by_user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "evidence_date" timestamptz,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "compliance_evidence_control_id_index" ON "compliance_evidence" ("control_id");
CREATE INDEX "compliance_evidence_uploaded_by_user_id_index" ON "compliance_evidence" ("uploaded_by_user_id");
CREATE INDEX "compliance_evidence_deleted_at_index" ON "compliance_evidence" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "vulnerability_reports" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "xasm_scan_id" bigint REFERENCES "scan_results_xasm" ("id") ON DELETE SET NULL,
  "lightbox_scan_id" bigint REFERENCES "scan_results_lightbox" ("id") ON DELETE SET NULL,
  "risk_score" bigint NOT NULL,
  "risk_level" varchar(20) NOT NULL,
  "executive_summary" text NOT NULL,
  "report_json" jsonb NOT NULL,
  "ai_model" varchar(50) NOT NULL,
  "generation_time_ms" bigint,
  "generated_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "vulnerability_reports_company_id_index" ON "vulnerability_reports" ("company_id");
CREATE INDEX "vulnerability_reports_user_id_index" ON "vulnerability_reports" ("user_id");
CREATE INDEX "vulnerability_reports_xasm_scan_id_index" ON "vulnerability_reports" ("xasm_scan_id");
CREATE INDEX "vulnerability_reports_lightbox_scan_id_index" ON "vulnerability_reports" ("lightbox_scan_id");
CREATE INDEX "vulnerability_reports_deleted_at_index" ON "vulnerability_reports" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
  },
  down: { sqlite: down, postgres: down },
};
