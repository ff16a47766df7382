import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "scan_results_lightbox";
DROP TABLE "scan_results_xasm";
DROP TABLE "lightbox_scan_history";
DROP TABLE "xasm_scan_history";
DROP TABLE "lightbox_scans";
DROP TABLE "lightbox_findings";
DROP TABLE "cached_asm_scans";
DROP TABLE "asm_scans";
`;

/** Tables of the module surface: attack-surface scans. */
export const migration: Migration = {
  version: "0005",
  description: "Tables for attack-surface scans",
  up: {
    sqlite: `
CREATE TABLE "asm_scans" (
  "id" INTEGER PRIMARY KEY,
  "domain" TEXT NOT NULL,
  "scan_results" TEXT NOT NULL CHECK (json_valid("scan_results")),
  "scanned_at" INTEGER NOT NULL,
  "risk_score" INTEGER,
  "risk_level" TEXT,
  "vulnerabilities_found" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "asm_scans_domain_key" ON "asm_scans" ("domain");
CREATE INDEX "asm_scans_user_id_index" ON "asm_scans" ("user_id");
CREATE INDEX "asm_scans_deleted_at_index" ON "asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "cached_asm_scans" (
  "id" INTEGER PRIMARY KEY,
  "domain" TEXT NOT NULL CHECK (length("domain") <= 255),
  "scanned_at" INTEGER,
  "risk_score" INTEGER DEFAULT 0,
  "risk_level" TEXT CHECK (length("risk_level") <= 20),
  "total_cves" INTEGER DEFAULT 0,
  "critical_cves" INTEGER DEFAULT 0,
  "vulnerabilities_found" INTEGER DEFAULT 0,
  "open_ports_count" INTEGER DEFAULT 0,
  "scan_results" TEXT CHECK (json_valid("scan_results")),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "cached_asm_scans_user_id_index" ON "cached_asm_scans" ("user_id");
CREATE INDEX "cached_asm_scans_deleted_at_index" ON "cached_asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "cached_asm_scans_domain_scanned_at_index" ON "cached_asm_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE TABLE "lightbox_findings" (
  "id" INTEGER PRIMARY KEY,
  "asset" TEXT NOT NULL,
  "finding_type" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "description" TEXT,
  "severity" TEXT,
  "status_code" INTEGER,
  "discovered_at" INTEGER,
  "scan_id" TEXT,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "lightbox_findings_asset_index" ON "lightbox_findings" ("asset") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_finding_type_index" ON "lightbox_findings" ("finding_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_severity_index" ON "lightbox_findings" ("severity") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_scan_id_index" ON "lightbox_findings" ("scan_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_user_id_index" ON "lightbox_findings" ("user_id");
CREATE INDEX "lightbox_findings_deleted_at_index" ON "lightbox_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "lightbox_scans" (
  "id" INTEGER PRIMARY KEY,
  "domain" TEXT NOT NULL,
  "scanned_at" INTEGER NOT NULL,
  "total_findings" INTEGER DEFAULT 0,
  "critical_count" INTEGER DEFAULT 0,
  "high_count" INTEGER DEFAULT 0,
  "medium_count" INTEGER DEFAULT 0,
  "low_count" INTEGER DEFAULT 0,
  "findings" TEXT CHECK (json_valid("findings")),
  "scan_metadata" TEXT CHECK (json_valid("scan_metadata")),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "lightbox_scans_user_id_index" ON "lightbox_scans" ("user_id");
CREATE INDEX "lightbox_scans_deleted_at_index" ON "lightbox_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scans_domain_scanned_at_index" ON "lightbox_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE TABLE "xasm_scan_history" (
  "id" INTEGER PRIMARY KEY,
  "scan_id" TEXT NOT NULL,
  "target" TEXT NOT NULL,
  "timestamp" INTEGER NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'completed',
  "results_json" TEXT CHECK (json_valid("results_json")),
  "summary_stats" TEXT CHECK (json_valid("summary_stats")),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "xasm_scan_history_scan_id_key" ON "xasm_scan_history" ("scan_id");
CREATE INDEX "xasm_scan_history_target_index" ON "xasm_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "xasm_scan_history_deleted_at_index" ON "xasm_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "xasm_scan_history_user_id_timestamp_id_index" ON "xasm_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "xasm_scan_history_timestamp_id_index" ON "xasm_scan_history" ("timestamp", "id");
CREATE TABLE "lightbox_scan_history" (
  "id" INTEGER PRIMARY KEY,
  "scan_id" TEXT NOT NULL,
  "target" TEXT NOT NULL,
  "timestamp" INTEGER NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'completed',
  "results_json" TEXT CHECK (json_valid("results_json")),
  "summary_stats" TEXT CHECK (json_valid("summary_stats")),
  "total_tests" INTEGER DEFAULT 0,
  "passed_tests" INTEGER DEFAULT 0,
  "failed_tests" INTEGER DEFAULT 0,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "lightbox_scan_history_scan_id_key" ON "lightbox_scan_history" ("scan_id");
CREATE INDEX "lightbox_scan_history_target_index" ON "lightbox_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_scan_history_deleted_at_index" ON "lightbox_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scan_history_user_id_timestamp_id_index" ON "lightbox_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "lightbox_scan_history_timestamp_id_index" ON "lightbox_scan_history" ("timestamp", "id");
CREATE TABLE "scan_results_xasm" (
  "id" INTEGER PRIMARY KEY,
  "company" TEXT NOT NULL,
  "results_json" TEXT NOT NULL CHECK (json_valid("results_json")),
  "scan_date" INTEGER,
  "expires_at" INTEGER NOT NULL,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "scan_results_xasm_company_key" ON "scan_results_xasm" ("company");
CREATE INDEX "scan_results_xasm_user_id_index" ON "scan_results_xasm" ("user_id");
CREATE INDEX "scan_results_xasm_deleted_at_index" ON "scan_results_xasm" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_xasm_expires_at_index" ON "scan_results_xasm" ("expires_at");
CREATE TABLE "scan_results_lightbox" (
  "id" INTEGER PRIMARY KEY,
  "company" TEXT NOT NULL,
  "results_json" TEXT NOT NULL CHECK (json_valid("results_json")),
  "scan_date" INTEGER,
  "expires_at" INTEGER NOT NULL,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "scan_results_lightbox_company_key" ON "scan_results_lightbox" ("company");
CREATE INDEX "scan_results_lightbox_user_id_index" ON "scan_results_lightbox" ("user_id");
CREATE INDEX "scan_results_lightbox_deleted_at_index" ON "scan_results_lightbox" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_lightbox_expires_at_index" ON "scan_results_lightbox" ("expires_at");
`,
    postgres: `
CREATE TABLE "asm_scans" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "domain" text NOT NULL,
  "scan_results" jsonb NOT NULL,
  "scanned_at" timestamptz NOT NULL,
  "risk_score" bigint,
  "risk_level" text,
  "vulnerabilities_found" bigint,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "asm_scans_domain_key" ON "asm_scans" ("domain");
CREATE INDEX "asm_scans_user_id_index" ON "asm_scans" ("user_id");
CREATE INDEX "asm_scans_deleted_at_index" ON "asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "cached_asm_scans" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "domain" varchar(255) NOT NULL,
  "scanned_at" timestamptz,
  "risk_score" bigint DEFAULT 0,
  "risk_level" varchar(20),
  "total_cves" bigint DEFAULT 0,
  "critical_cves" bigint DEFAULT 0,
  "vulnerabilities_found" bigint DEFAULT 0,
  "open_ports_count" bigint DEFAULT 0,
  "scan_results" jsonb,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "cached_asm_scans_user_id_index" ON "cached_asm_scans" ("user_id");
CREATE INDEX "cached_asm_scans_deleted_at_index" ON "cached_asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "cached_asm_scans_domain_scanned_at_index" ON "cached_asm_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE TABLE "lightbox_findings" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "asset" text NOT NULL,
  "finding_type" text NOT NULL,
  "url" text NOT NULL,
  "description" text,
  "severity" text,
  "status_code" bigint,
  "discovered_at" timestamptz,
  "scan_id" text,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "lightbox_findings_asset_index" ON "lightbox_findings" ("asset") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_finding_type_index" ON "lightbox_findings" ("finding_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_severity_index" ON "lightbox_findings" ("severity") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_scan_id_index" ON "lightbox_findings" ("scan_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_user_id_index" ON "lightbox_findings" ("user_id");
CREATE INDEX "lightbox_findings_deleted_at_index" ON "lightbox_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "lightbox_scans" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "domain" text NOT NULL,
  "scanned_at" timestamptz NOT NULL,
  "total_findings" bigint DEFAULT 0,
  "critical_count" bigint DEFAULT 0,
  "high_count" bigint DEFAULT 0,
  "medium_count" bigint DEFAULT 0,
  "low_count" bigint DEFAULT 0,
  "findings" jsonb,
  "scan_metadata" jsonb,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "lightbox_scans_user_id_index" ON "lightbox_scans" ("user_id");
CREATE INDEX "lightbox_scans_deleted_at_index" ON "lightbox_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scans_domain_scanned_at_index" ON "lightbox_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE TABLE "xasm_scan_history" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "scan_id" text NOT NULL,
  "target" text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  "status" text NOT NULL DEFAULT 'completed',
  "results_json" jsonb,
  "summary_stats" jsonb,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "xasm_scan_history_scan_id_key" ON "xasm_scan_history" ("scan_id");
CREATE INDEX "xasm_scan_history_target_index" ON "xasm_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "xasm_scan_history_deleted_at_index" ON "xasm_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "xasm_scan_history_user_id_timestamp_id_index" ON "xasm_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "xasm_scan_history_timestamp_id_index" ON "xasm_scan_history" ("timestamp", "id");
CREATE TABLE "lightbox_scan_history" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "scan_id" text NOT NULL,
  "target" text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  "status" text NOT NULL DEFAULT 'completed',
  "results_json" jsonb,
  "summary_stats" jsonb,
  "total_tests" bigint DEFAULT 0,
  "passed_tests" bigint DEFAULT 0,
  "failed_tests" bigint DEFAULT 0,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "lightbox_scan_history_scan_id_key" ON "lightbox_scan_history" ("scan_id");
CREATE INDEX "lightbox_scan_history_target_index" ON "lightbox_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_scan_history_deleted_at_index" ON "lightbox_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scan_history_user_id_timestamp_id_index" ON "lightbox_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "lightbox_scan_history_timestamp_id_index" ON "lightbox_scan_history" ("timestamp", "id");
CREATE TABLE "scan_results_xasm" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company" text NOT NULL,
  "results_json" jsonb NOT NULL,
  "scan_date" timestamptz,
  "expires_at" timestamptz NOT NULL,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "scan_results_xasm_company_key" ON "scan_results_xasm" ("company");
CREATE INDEX "scan_results_xasm_user_id_index" ON "scan_results_xasm" ("user_id");
CREATE INDEX "scan_results_xasm_deleted_at_index" ON "scan_results_xasm" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_xasm_expires_at_index" ON "scan_results_xasm" ("expires_at");
CREATE TABLE "scan_results_lightbox" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company" text NOT NULL,
  "results_json" jsonb NOT NULL,
  "scan_date" timestamptz,
  "expires_at" timestamptz NOT NULL,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "scan_results_lightbox_company_key" ON "scan_results_lightbox" ("company");
CREATE INDEX "scan_results_lightbox_user_id_index" ON "scan_results_lightbox" ("user_id");
CREATE INDEX "scan_results_lightbox_deleted_at_index" ON "scan_results_lightbox" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_lightbox_expires_at_index" ON "scan_results_lightbox" ("expires_at");
`,
  },
  down: { sqlite: down, postgres: down },
};
