import type { Migration } from "./migration.ts";

/**
 * Assets, findings and the imports that they come from. The tables of scans stay as they are; what older scans found becomes findings by
 * `nerve import scans`, not by the migration, since it takes as long as there are scans.
 */
export const migration: Migration = {
  version: "0022",
  description: "Assets and findings of scanners, kept over time",
  up: {
    sqlite: `
CREATE TABLE "scan_series" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" TEXT NOT NULL CHECK (length("source") <= 50),
  "name" TEXT NOT NULL DEFAULT '' CHECK (length("name") <= 200),
  "importing_until" INTEGER,
  "mapping" TEXT CHECK (json_valid("mapping")),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX "scan_series_company_id_source_name_key" ON "scan_series" ("company_id", "source", "name");
CREATE TABLE "scan_imports" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "series_id" INTEGER NOT NULL REFERENCES "scan_series" ("id") ON DELETE CASCADE,
  "scan_id" TEXT NOT NULL CHECK (length("scan_id") <= 255),
  "format" TEXT NOT NULL CHECK (length("format") <= 50),
  "tool" TEXT NOT NULL DEFAULT '' CHECK (length("tool") <= 200),
  "tool_version" TEXT NOT NULL DEFAULT '' CHECK (length("tool_version") <= 100),
  "file_name" TEXT CHECK (length("file_name") <= 255),
  "sha256" TEXT NOT NULL CHECK (length("sha256") <= 64),
  "size_bytes" INTEGER NOT NULL,
  "target" TEXT CHECK (length("target") <= 600),
  "scanned_at" INTEGER NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'reading' CHECK ("status" IN ('reading', 'merging', 'done', 'partial', 'failed', 'undone')),
  "coverage" TEXT CHECK (json_valid("coverage")),
  "complete" INTEGER NOT NULL DEFAULT 0 CHECK ("complete" IN (0, 1)),
  "held" INTEGER NOT NULL DEFAULT 0,
  "counts" TEXT CHECK (json_valid("counts")),
  "rejects" TEXT CHECK (json_valid("rejects")),
  "warnings" TEXT CHECK (json_valid("warnings")),
  "options" TEXT CHECK (json_valid("options")),
  "error_code" TEXT CHECK (length("error_code") <= 50),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "started_at" INTEGER NOT NULL,
  "finished_at" INTEGER,
  "undone_at" INTEGER,
  "undone_by_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "scan_imports_user_id_index" ON "scan_imports" ("user_id");
CREATE INDEX "scan_imports_undone_by_user_id_index" ON "scan_imports" ("undone_by_user_id");
CREATE UNIQUE INDEX "scan_imports_company_id_scan_id_key" ON "scan_imports" ("company_id", "scan_id");
CREATE INDEX "scan_imports_company_id_started_at_id_index" ON "scan_imports" ("company_id", "started_at", "id");
CREATE INDEX "scan_imports_series_id_id_index" ON "scan_imports" ("series_id", "id");
CREATE TABLE "assets" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('host', 'service', 'repository', 'image', 'resource', 'unnamed')),
  "key" TEXT NOT NULL CHECK (length("key") <= 600),
  "name" TEXT NOT NULL CHECK (length("name") <= 600),
  "parent_id" INTEGER,
  "status" TEXT NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'gone', 'ignored')),
  "criticality" INTEGER NOT NULL DEFAULT 2,
  "owner_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "details" TEXT CHECK (json_valid("details")),
  "first_seen_at" INTEGER NOT NULL,
  "last_seen_at" INTEGER NOT NULL,
  "open_findings" INTEGER NOT NULL DEFAULT 0,
  "worst_severity" TEXT CHECK ("worst_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "assets_owner_user_id_index" ON "assets" ("owner_user_id");
CREATE INDEX "assets_deleted_at_index" ON "assets" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "assets_company_id_kind_key_key" ON "assets" ("company_id", "kind", "key");
CREATE INDEX "assets_company_id_kind_status_open_findings_id_index" ON "assets" ("company_id", "kind", "status", "open_findings", "id");
CREATE INDEX "assets_company_id_name_id_index" ON "assets" ("company_id", "name", "id");
CREATE INDEX "assets_company_id_open_findings_id_index" ON "assets" ("company_id", "open_findings", "id");
CREATE INDEX "assets_parent_id_index" ON "assets" ("parent_id");
CREATE TABLE "asset_names" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "asset_id" INTEGER NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('address', 'reverse', 'certificate', 'alias')),
  "name" TEXT NOT NULL CHECK (length("name") <= 255),
  "first_seen_at" INTEGER NOT NULL,
  "last_seen_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX "asset_names_asset_id_kind_name_key" ON "asset_names" ("asset_id", "kind", "name");
CREATE INDEX "asset_names_company_id_name_index" ON "asset_names" ("company_id", "name");
CREATE TABLE "asset_coverage" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "asset_id" INTEGER NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "series_id" INTEGER NOT NULL,
  "spoke_import_id" INTEGER,
  "spoke_at" INTEGER,
  "covered_import_id" INTEGER,
  "covered_at" INTEGER
) STRICT;
CREATE UNIQUE INDEX "asset_coverage_asset_id_series_id_key" ON "asset_coverage" ("asset_id", "series_id");
CREATE INDEX "asset_coverage_series_id_covered_import_id_index" ON "asset_coverage" ("series_id", "covered_import_id");
CREATE TABLE "finding_rules" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" TEXT NOT NULL CHECK (length("source") <= 50),
  "key" TEXT NOT NULL CHECK (length("key") <= 300),
  "kind" TEXT NOT NULL CHECK ("kind" IN ('vulnerability', 'weakness', 'misconfiguration', 'exposure', 'secret', 'licence')),
  "title" TEXT NOT NULL CHECK (length("title") <= 500),
  "description" TEXT,
  "remediation" TEXT,
  "references" TEXT CHECK (json_valid("references")),
  "cwes" TEXT CHECK (json_valid("cwes")),
  "tags" TEXT CHECK (json_valid("tags")),
  "severity" TEXT CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "finding_kind" TEXT CHECK (length("finding_kind") <= 100),
  "finding_kind_chosen" INTEGER NOT NULL DEFAULT 0 CHECK ("finding_kind_chosen" IN (0, 1)),
  "content_hash" TEXT NOT NULL CHECK (length("content_hash") <= 24),
  "open_findings" INTEGER NOT NULL DEFAULT 0,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX "finding_rules_company_id_source_key_key" ON "finding_rules" ("company_id", "source", "key");
CREATE INDEX "finding_rules_company_id_finding_kind_id_index" ON "finding_rules" ("company_id", "finding_kind", "id");
CREATE TABLE "asset_checks" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "asset_id" INTEGER NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "rule_id" INTEGER NOT NULL REFERENCES "finding_rules" ("id") ON DELETE CASCADE,
  "outcome" TEXT NOT NULL CHECK ("outcome" IN ('pass', 'info', 'warn')),
  "detail" TEXT NOT NULL DEFAULT '' CHECK (length("detail") <= 500),
  "last_seen_at" INTEGER NOT NULL,
  "import_id" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX "asset_checks_asset_id_rule_id_key" ON "asset_checks" ("asset_id", "rule_id");
CREATE INDEX "asset_checks_rule_id_index" ON "asset_checks" ("rule_id");
CREATE TABLE "risk_acceptances" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "reason" TEXT NOT NULL,
  "compensation" TEXT,
  "owner_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "decided_by_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "max_severity" TEXT NOT NULL CHECK ("max_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "expires_at" INTEGER NOT NULL,
  "ended_at" INTEGER,
  "end_reason" TEXT CHECK ("end_reason" IN ('expired', 'revoked', 'replaced')),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "risk_acceptances_owner_user_id_index" ON "risk_acceptances" ("owner_user_id");
CREATE INDEX "risk_acceptances_decided_by_user_id_index" ON "risk_acceptances" ("decided_by_user_id");
CREATE INDEX "risk_acceptances_company_id_ended_at_expires_at_id_index" ON "risk_acceptances" ("company_id", "ended_at", "expires_at", "id");
CREATE TABLE "findings" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "asset_id" INTEGER NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "rule_id" INTEGER NOT NULL REFERENCES "finding_rules" ("id") ON DELETE CASCADE,
  "source" TEXT NOT NULL CHECK (length("source") <= 50),
  "context_key" TEXT NOT NULL DEFAULT '' CHECK (length("context_key") <= 24),
  "ordinal" INTEGER NOT NULL DEFAULT 0,
  "tool_key" TEXT CHECK (length("tool_key") <= 24),
  "identity_version" INTEGER NOT NULL DEFAULT 1,
  "title" TEXT NOT NULL CHECK (length("title") <= 500),
  "severity" TEXT NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "reported_severity" TEXT NOT NULL CHECK ("reported_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "severity_overridden" INTEGER NOT NULL DEFAULT 0 CHECK ("severity_overridden" IN (0, 1)),
  "score" REAL,
  "vector" TEXT CHECK (length("vector") <= 200),
  "status" TEXT NOT NULL DEFAULT 'open' CHECK ("status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "status_reason" TEXT CHECK (length("status_reason") <= 1000),
  "is_open" INTEGER NOT NULL DEFAULT 1 CHECK ("is_open" IN (0, 1)),
  "known_exploited" INTEGER NOT NULL DEFAULT 0 CHECK ("known_exploited" IN (0, 1)),
  "epss" REAL,
  "risk" INTEGER NOT NULL DEFAULT 0,
  "risk_acceptance_id" INTEGER REFERENCES "risk_acceptances" ("id") ON DELETE RESTRICT,
  "assigned_to_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "opened_at" INTEGER NOT NULL,
  "changed_at" INTEGER NOT NULL,
  "due_at" INTEGER,
  "resolved_at" INTEGER,
  "first_import_id" INTEGER,
  "content_hash" TEXT NOT NULL CHECK (length("content_hash") <= 24),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  CONSTRAINT "findings_is_open" CHECK ("is_open" = ("status" IN ('open', 'confirmed'))),
  CONSTRAINT "findings_accepted" CHECK ("status" <> 'accepted' OR "risk_acceptance_id" IS NOT NULL),
  CONSTRAINT "findings_due" CHECK ("due_at" IS NULL OR "is_open"),
  CONSTRAINT "findings_resolved" CHECK (("status" = 'resolved') = ("resolved_at" IS NOT NULL)),
  CONSTRAINT "findings_ordinal" CHECK ("ordinal" >= 0),
  CONSTRAINT "findings_epss" CHECK ("epss" >= 0 AND "epss" <= 1),
  CONSTRAINT "findings_score" CHECK ("score" >= 0 AND "score" <= 10),
  CONSTRAINT "findings_risk" CHECK ("risk" >= 0 AND "risk" <= 1300)
) STRICT;
CREATE INDEX "findings_risk_acceptance_id_index" ON "findings" ("risk_acceptance_id");
CREATE UNIQUE INDEX "findings_asset_id_rule_id_context_key_ordinal_key" ON "findings" ("asset_id", "rule_id", "context_key", "ordinal");
CREATE INDEX "findings_asset_id_tool_key_index" ON "findings" ("asset_id", "tool_key");
CREATE INDEX "findings_company_id_is_open_risk_id_index" ON "findings" ("company_id", "is_open", "risk", "id");
CREATE INDEX "findings_company_id_is_open_severity_risk_id_index" ON "findings" ("company_id", "is_open", "severity", "risk", "id");
CREATE INDEX "findings_company_id_is_open_source_severity_risk_id_index" ON "findings" ("company_id", "is_open", "source", "severity", "risk", "id");
CREATE INDEX "findings_asset_id_is_open_risk_id_index" ON "findings" ("asset_id", "is_open", "risk", "id");
CREATE INDEX "findings_rule_id_is_open_risk_id_index" ON "findings" ("rule_id", "is_open", "risk", "id");
CREATE INDEX "findings_company_id_is_open_opened_at_id_index" ON "findings" ("company_id", "is_open", "opened_at", "id");
CREATE INDEX "findings_company_id_status_changed_at_id_index" ON "findings" ("company_id", "status", "changed_at", "id");
CREATE INDEX "findings_company_id_due_at_id_index" ON "findings" ("company_id", "due_at", "id");
CREATE INDEX "findings_assigned_to_user_id_is_open_risk_id_index" ON "findings" ("assigned_to_user_id", "is_open", "risk", "id");
CREATE TABLE "finding_locations" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "series_id" INTEGER NOT NULL,
  "locator_key" TEXT NOT NULL CHECK (length("locator_key") <= 24),
  "kind" TEXT NOT NULL CHECK ("kind" IN ('url', 'code', 'package', 'address', 'other')),
  "url" TEXT CHECK (length("url") <= 2048),
  "method" TEXT CHECK (length("method") <= 50),
  "parameter" TEXT,
  "file_path" TEXT CHECK (length("file_path") <= 1024),
  "start_line" INTEGER,
  "end_line" INTEGER,
  "component" TEXT,
  "version" TEXT,
  "fixed_version" TEXT,
  "detail" TEXT CHECK (json_valid("detail")),
  "content_hash" TEXT NOT NULL CHECK (length("content_hash") <= 24),
  "occurrences" INTEGER NOT NULL DEFAULT 1,
  "present" INTEGER NOT NULL DEFAULT 1 CHECK ("present" IN (0, 1)),
  "first_import_id" INTEGER NOT NULL,
  "last_import_id" INTEGER NOT NULL,
  "previous_import_id" INTEGER,
  "gone_import_id" INTEGER,
  "first_seen_at" INTEGER NOT NULL,
  "last_seen_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX "finding_locations_finding_id_series_id_locator_key_key" ON "finding_locations" ("finding_id", "series_id", "locator_key");
CREATE TABLE "finding_cves" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "cve" TEXT NOT NULL CHECK (length("cve") <= 20)
) STRICT;
CREATE UNIQUE INDEX "finding_cves_finding_id_cve_key" ON "finding_cves" ("finding_id", "cve");
CREATE INDEX "finding_cves_cve_finding_id_index" ON "finding_cves" ("cve", "finding_id");
CREATE TABLE "finding_evidence" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "location_id" INTEGER,
  "import_id" INTEGER NOT NULL,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('request', 'response', 'output', 'snippet')),
  "content" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "truncated" INTEGER NOT NULL DEFAULT 0 CHECK ("truncated" IN (0, 1)),
  "masked" INTEGER NOT NULL DEFAULT 0,
  "created_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "finding_evidence_finding_id_id_index" ON "finding_evidence" ("finding_id", "id");
CREATE TABLE "finding_change_sets" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "cause" TEXT NOT NULL CHECK ("cause" IN ('import', 'decision', 'expiry', 'feed', 'policy', 'undo')),
  "import_id" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "at" INTEGER NOT NULL,
  "counts" TEXT CHECK (json_valid("counts"))
) STRICT;
CREATE INDEX "finding_change_sets_user_id_index" ON "finding_change_sets" ("user_id");
CREATE INDEX "finding_change_sets_company_id_id_index" ON "finding_change_sets" ("company_id", "id");
CREATE INDEX "finding_change_sets_import_id_index" ON "finding_change_sets" ("import_id");
CREATE TABLE "finding_history" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "change_set_id" INTEGER NOT NULL REFERENCES "finding_change_sets" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('opened', 'reactivated', 'resolved', 'fixed', 'confirmed', 'accepted', 'acceptance-ended', 'false-positive', 'out-of-scope', 'suppressed', 'reopened', 'rescored', 'exploited', 'withdrawn', 'restored', 'assigned')),
  "from_status" TEXT CHECK ("from_status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "to_status" TEXT CHECK ("to_status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "from_severity" TEXT CHECK ("from_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "to_severity" TEXT CHECK ("to_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "reason" TEXT CHECK (length("reason") <= 1000),
  "changes" TEXT CHECK (json_valid("changes")),
  "at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "finding_history_finding_id_id_index" ON "finding_history" ("finding_id", "id");
CREATE INDEX "finding_history_change_set_id_id_index" ON "finding_history" ("change_set_id", "id");
CREATE TABLE "finding_notes" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "body" TEXT NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "finding_notes_user_id_index" ON "finding_notes" ("user_id");
CREATE INDEX "finding_notes_deleted_at_index" ON "finding_notes" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "finding_notes_finding_id_id_index" ON "finding_notes" ("finding_id", "id");
CREATE TABLE "surface_tags" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL CHECK (length("name") <= 50)
) STRICT;
CREATE UNIQUE INDEX "surface_tags_company_id_name_key" ON "surface_tags" ("company_id", "name");
CREATE TABLE "surface_tag_links" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "tag_id" INTEGER NOT NULL REFERENCES "surface_tags" ("id") ON DELETE CASCADE,
  "finding_id" INTEGER REFERENCES "findings" ("id") ON DELETE CASCADE,
  "asset_id" INTEGER REFERENCES "assets" ("id") ON DELETE CASCADE,
  CONSTRAINT "surface_tag_links_one_thing" CHECK (("finding_id" IS NULL) <> ("asset_id" IS NULL))
) STRICT;
CREATE INDEX "surface_tag_links_finding_id_index" ON "surface_tag_links" ("finding_id");
CREATE INDEX "surface_tag_links_asset_id_index" ON "surface_tag_links" ("asset_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_finding_id_key" ON "surface_tag_links" ("tag_id", "finding_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_asset_id_key" ON "surface_tag_links" ("tag_id", "asset_id");
CREATE TABLE "sla_policies" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "severity" TEXT NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "days" INTEGER,
  "exploited_days" INTEGER
) STRICT;
CREATE UNIQUE INDEX "sla_policies_company_id_severity_key" ON "sla_policies" ("company_id", "severity");
CREATE TABLE "finding_counts" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" TEXT NOT NULL CHECK (length("source") <= 50),
  "severity" TEXT NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "status" TEXT NOT NULL CHECK ("status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "exploited" INTEGER NOT NULL CHECK ("exploited" IN (0, 1)),
  "findings" INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX "finding_counts_company_id_source_severity_status_exploited_key" ON "finding_counts" ("company_id", "source", "severity", "status", "exploited");
CREATE TABLE "import_changes" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "import_id" INTEGER NOT NULL REFERENCES "scan_imports" ("id") ON DELETE CASCADE,
  "table_name" TEXT NOT NULL CHECK ("table_name" IN ('assets', 'asset_names', 'asset_coverage', 'asset_checks', 'finding_rules', 'findings', 'finding_locations')),
  "row_id" INTEGER NOT NULL,
  "before" TEXT CHECK (json_valid("before"))
) STRICT;
CREATE INDEX "import_changes_import_id_id_index" ON "import_changes" ("import_id", "id");
CREATE TABLE "epss_scores" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "score" REAL NOT NULL,
  "percentile" REAL NOT NULL
) STRICT;
CREATE TABLE "kev_entries" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "added_on" INTEGER NOT NULL,
  "due_on" INTEGER,
  "ransomware" INTEGER NOT NULL DEFAULT 0 CHECK ("ransomware" IN (0, 1))
) STRICT;
CREATE TABLE "feeds" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "edition" TEXT NOT NULL DEFAULT '' CHECK (length("edition") <= 100),
  "dated_at" INTEGER NOT NULL,
  "loaded_at" INTEGER NOT NULL,
  "rows" INTEGER NOT NULL,
  "sha256" TEXT NOT NULL CHECK (length("sha256") <= 64)
) STRICT;
CREATE TABLE "digest_keys" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "digest_key" TEXT NOT NULL,
  "created_at" INTEGER NOT NULL
) STRICT;
`,
    postgres: `
CREATE TABLE "scan_series" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" varchar(50) NOT NULL,
  "name" varchar(200) NOT NULL DEFAULT '',
  "importing_until" timestamptz,
  "mapping" jsonb,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL
);
CREATE UNIQUE INDEX "scan_series_company_id_source_name_key" ON "scan_series" ("company_id", "source", "name");
ALTER TABLE "scan_series" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "scan_series" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "scan_imports" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "series_id" bigint NOT NULL REFERENCES "scan_series" ("id") ON DELETE CASCADE,
  "scan_id" varchar(255) NOT NULL,
  "format" varchar(50) NOT NULL,
  "tool" varchar(200) NOT NULL DEFAULT '',
  "tool_version" varchar(100) NOT NULL DEFAULT '',
  "file_name" varchar(255),
  "sha256" varchar(64) NOT NULL,
  "size_bytes" bigint NOT NULL,
  "target" varchar(600),
  "scanned_at" timestamptz NOT NULL,
  "status" text NOT NULL DEFAULT 'reading' CHECK ("status" IN ('reading', 'merging', 'done', 'partial', 'failed', 'undone')),
  "coverage" jsonb,
  "complete" boolean NOT NULL DEFAULT false,
  "held" bigint NOT NULL DEFAULT 0,
  "counts" jsonb,
  "rejects" jsonb,
  "warnings" jsonb,
  "options" jsonb,
  "error_code" varchar(50),
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "started_at" timestamptz NOT NULL,
  "finished_at" timestamptz,
  "undone_at" timestamptz,
  "undone_by_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL
);
CREATE INDEX "scan_imports_user_id_index" ON "scan_imports" ("user_id");
CREATE INDEX "scan_imports_undone_by_user_id_index" ON "scan_imports" ("undone_by_user_id");
CREATE UNIQUE INDEX "scan_imports_company_id_scan_id_key" ON "scan_imports" ("company_id", "scan_id");
CREATE INDEX "scan_imports_company_id_started_at_id_index" ON "scan_imports" ("company_id", "started_at", "id");
CREATE INDEX "scan_imports_series_id_id_index" ON "scan_imports" ("series_id", "id");
ALTER TABLE "scan_imports" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "scan_imports" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "assets" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "kind" text NOT NULL CHECK ("kind" IN ('host', 'service', 'repository', 'image', 'resource', 'unnamed')),
  "key" varchar(600) NOT NULL,
  "name" varchar(600) NOT NULL,
  "parent_id" bigint,
  "status" text NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'gone', 'ignored')),
  "criticality" bigint NOT NULL DEFAULT 2,
  "owner_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "details" jsonb,
  "first_seen_at" timestamptz NOT NULL,
  "last_seen_at" timestamptz NOT NULL,
  "open_findings" bigint NOT NULL DEFAULT 0,
  "worst_severity" text CHECK ("worst_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "assets_owner_user_id_index" ON "assets" ("owner_user_id");
CREATE INDEX "assets_deleted_at_index" ON "assets" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "assets_company_id_kind_key_key" ON "assets" ("company_id", "kind", "key");
CREATE INDEX "assets_company_id_kind_status_open_findings_id_index" ON "assets" ("company_id", "kind", "status", "open_findings", "id");
CREATE INDEX "assets_company_id_name_id_index" ON "assets" ("company_id", "name", "id");
CREATE INDEX "assets_company_id_open_findings_id_index" ON "assets" ("company_id", "open_findings", "id");
CREATE INDEX "assets_parent_id_index" ON "assets" ("parent_id");
ALTER TABLE "assets" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "assets" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "asset_names" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "asset_id" bigint NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "kind" text NOT NULL CHECK ("kind" IN ('address', 'reverse', 'certificate', 'alias')),
  "name" varchar(255) NOT NULL,
  "first_seen_at" timestamptz NOT NULL,
  "last_seen_at" timestamptz NOT NULL
);
CREATE UNIQUE INDEX "asset_names_asset_id_kind_name_key" ON "asset_names" ("asset_id", "kind", "name");
CREATE INDEX "asset_names_company_id_name_index" ON "asset_names" ("company_id", "name");
ALTER TABLE "asset_names" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "asset_names" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "asset_coverage" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "asset_id" bigint NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "series_id" bigint NOT NULL,
  "spoke_import_id" bigint,
  "spoke_at" timestamptz,
  "covered_import_id" bigint,
  "covered_at" timestamptz
);
CREATE UNIQUE INDEX "asset_coverage_asset_id_series_id_key" ON "asset_coverage" ("asset_id", "series_id");
CREATE INDEX "asset_coverage_series_id_covered_import_id_index" ON "asset_coverage" ("series_id", "covered_import_id");
ALTER TABLE "asset_coverage" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "asset_coverage" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_rules" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" varchar(50) NOT NULL,
  "key" varchar(300) NOT NULL,
  "kind" text NOT NULL CHECK ("kind" IN ('vulnerability', 'weakness', 'misconfiguration', 'exposure', 'secret', 'licence')),
  "title" varchar(500) NOT NULL,
  "description" text,
  "remediation" text,
  "references" jsonb,
  "cwes" jsonb,
  "tags" jsonb,
  "severity" text CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "finding_kind" varchar(100),
  "finding_kind_chosen" boolean NOT NULL DEFAULT false,
  "content_hash" varchar(24) NOT NULL,
  "open_findings" bigint NOT NULL DEFAULT 0,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL
);
CREATE UNIQUE INDEX "finding_rules_company_id_source_key_key" ON "finding_rules" ("company_id", "source", "key");
CREATE INDEX "finding_rules_company_id_finding_kind_id_index" ON "finding_rules" ("company_id", "finding_kind", "id");
ALTER TABLE "finding_rules" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_rules" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "asset_checks" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "asset_id" bigint NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "rule_id" bigint NOT NULL REFERENCES "finding_rules" ("id") ON DELETE CASCADE,
  "outcome" text NOT NULL CHECK ("outcome" IN ('pass', 'info', 'warn')),
  "detail" varchar(500) NOT NULL DEFAULT '',
  "last_seen_at" timestamptz NOT NULL,
  "import_id" bigint NOT NULL
);
CREATE UNIQUE INDEX "asset_checks_asset_id_rule_id_key" ON "asset_checks" ("asset_id", "rule_id");
CREATE INDEX "asset_checks_rule_id_index" ON "asset_checks" ("rule_id");
ALTER TABLE "asset_checks" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "asset_checks" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "risk_acceptances" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "reason" text NOT NULL,
  "compensation" text,
  "owner_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "decided_by_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "max_severity" text NOT NULL CHECK ("max_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "expires_at" timestamptz NOT NULL,
  "ended_at" timestamptz,
  "end_reason" text CHECK ("end_reason" IN ('expired', 'revoked', 'replaced')),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL
);
CREATE INDEX "risk_acceptances_owner_user_id_index" ON "risk_acceptances" ("owner_user_id");
CREATE INDEX "risk_acceptances_decided_by_user_id_index" ON "risk_acceptances" ("decided_by_user_id");
CREATE INDEX "risk_acceptances_company_id_ended_at_expires_at_id_index" ON "risk_acceptances" ("company_id", "ended_at", "expires_at", "id");
ALTER TABLE "risk_acceptances" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "risk_acceptances" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "findings" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "asset_id" bigint NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "rule_id" bigint NOT NULL REFERENCES "finding_rules" ("id") ON DELETE CASCADE,
  "source" varchar(50) NOT NULL,
  "context_key" varchar(24) NOT NULL DEFAULT '',
  "ordinal" bigint NOT NULL DEFAULT 0,
  "tool_key" varchar(24),
  "identity_version" bigint NOT NULL DEFAULT 1,
  "title" varchar(500) NOT NULL,
  "severity" text NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "reported_severity" text NOT NULL CHECK ("reported_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "severity_overridden" boolean NOT NULL DEFAULT false,
  "score" double precision,
  "vector" varchar(200),
  "status" text NOT NULL DEFAULT 'open' CHECK ("status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "status_reason" varchar(1000),
  "is_open" boolean NOT NULL DEFAULT true,
  "known_exploited" boolean NOT NULL DEFAULT false,
  "epss" double precision,
  "risk" bigint NOT NULL DEFAULT 0,
  "risk_acceptance_id" bigint REFERENCES "risk_acceptances" ("id") ON DELETE RESTRICT,
  "assigned_to_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "opened_at" timestamptz NOT NULL,
  "changed_at" timestamptz NOT NULL,
  "due_at" timestamptz,
  "resolved_at" timestamptz,
  "first_import_id" bigint,
  "content_hash" varchar(24) NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  CONSTRAINT "findings_is_open" CHECK ("is_open" = ("status" IN ('open', 'confirmed'))),
  CONSTRAINT "findings_accepted" CHECK ("status" <> 'accepted' OR "risk_acceptance_id" IS NOT NULL),
  CONSTRAINT "findings_due" CHECK ("due_at" IS NULL OR "is_open"),
  CONSTRAINT "findings_resolved" CHECK (("status" = 'resolved') = ("resolved_at" IS NOT NULL)),
  CONSTRAINT "findings_ordinal" CHECK ("ordinal" >= 0),
  CONSTRAINT "findings_epss" CHECK ("epss" >= 0 AND "epss" <= 1),
  CONSTRAINT "findings_score" CHECK ("score" >= 0 AND "score" <= 10),
  CONSTRAINT "findings_risk" CHECK ("risk" >= 0 AND "risk" <= 1300)
);
CREATE INDEX "findings_risk_acceptance_id_index" ON "findings" ("risk_acceptance_id");
CREATE UNIQUE INDEX "findings_asset_id_rule_id_context_key_ordinal_key" ON "findings" ("asset_id", "rule_id", "context_key", "ordinal");
CREATE INDEX "findings_asset_id_tool_key_index" ON "findings" ("asset_id", "tool_key");
CREATE INDEX "findings_company_id_is_open_risk_id_index" ON "findings" ("company_id", "is_open", "risk", "id");
CREATE INDEX "findings_company_id_is_open_severity_risk_id_index" ON "findings" ("company_id", "is_open", "severity", "risk", "id");
CREATE INDEX "findings_company_id_is_open_source_severity_risk_id_index" ON "findings" ("company_id", "is_open", "source", "severity", "risk", "id");
CREATE INDEX "findings_asset_id_is_open_risk_id_index" ON "findings" ("asset_id", "is_open", "risk", "id");
CREATE INDEX "findings_rule_id_is_open_risk_id_index" ON "findings" ("rule_id", "is_open", "risk", "id");
CREATE INDEX "findings_company_id_is_open_opened_at_id_index" ON "findings" ("company_id", "is_open", "opened_at", "id");
CREATE INDEX "findings_company_id_status_changed_at_id_index" ON "findings" ("company_id", "status", "changed_at", "id");
CREATE INDEX "findings_company_id_due_at_id_index" ON "findings" ("company_id", "due_at", "id");
CREATE INDEX "findings_assigned_to_user_id_is_open_risk_id_index" ON "findings" ("assigned_to_user_id", "is_open", "risk", "id");
ALTER TABLE "findings" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "findings" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_locations" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "finding_id" bigint NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "series_id" bigint NOT NULL,
  "locator_key" varchar(24) NOT NULL,
  "kind" text NOT NULL CHECK ("kind" IN ('url', 'code', 'package', 'address', 'other')),
  "url" varchar(2048),
  "method" varchar(50),
  "parameter" text,
  "file_path" varchar(1024),
  "start_line" bigint,
  "end_line" bigint,
  "component" text,
  "version" text,
  "fixed_version" text,
  "detail" jsonb,
  "content_hash" varchar(24) NOT NULL,
  "occurrences" bigint NOT NULL DEFAULT 1,
  "present" boolean NOT NULL DEFAULT true,
  "first_import_id" bigint NOT NULL,
  "last_import_id" bigint NOT NULL,
  "previous_import_id" bigint,
  "gone_import_id" bigint,
  "first_seen_at" timestamptz NOT NULL,
  "last_seen_at" timestamptz NOT NULL
);
CREATE UNIQUE INDEX "finding_locations_finding_id_series_id_locator_key_key" ON "finding_locations" ("finding_id", "series_id", "locator_key");
ALTER TABLE "finding_locations" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_locations" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_cves" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "finding_id" bigint NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "cve" varchar(20) NOT NULL
);
CREATE UNIQUE INDEX "finding_cves_finding_id_cve_key" ON "finding_cves" ("finding_id", "cve");
CREATE INDEX "finding_cves_cve_finding_id_index" ON "finding_cves" ("cve", "finding_id");
ALTER TABLE "finding_cves" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_cves" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_evidence" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "finding_id" bigint NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "location_id" bigint,
  "import_id" bigint NOT NULL,
  "kind" text NOT NULL CHECK ("kind" IN ('request', 'response', 'output', 'snippet')),
  "content" text NOT NULL,
  "bytes" bigint NOT NULL,
  "truncated" boolean NOT NULL DEFAULT false,
  "masked" bigint NOT NULL DEFAULT 0,
  "created_at" timestamptz NOT NULL
);
CREATE INDEX "finding_evidence_finding_id_id_index" ON "finding_evidence" ("finding_id", "id");
ALTER TABLE "finding_evidence" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_evidence" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_change_sets" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "cause" text NOT NULL CHECK ("cause" IN ('import', 'decision', 'expiry', 'feed', 'policy', 'undo')),
  "import_id" bigint,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "at" timestamptz NOT NULL,
  "counts" jsonb
);
CREATE INDEX "finding_change_sets_user_id_index" ON "finding_change_sets" ("user_id");
CREATE INDEX "finding_change_sets_company_id_id_index" ON "finding_change_sets" ("company_id", "id");
CREATE INDEX "finding_change_sets_import_id_index" ON "finding_change_sets" ("import_id");
ALTER TABLE "finding_change_sets" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_change_sets" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_history" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "finding_id" bigint NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "change_set_id" bigint NOT NULL REFERENCES "finding_change_sets" ("id") ON DELETE CASCADE,
  "kind" text NOT NULL CHECK ("kind" IN ('opened', 'reactivated', 'resolved', 'fixed', 'confirmed', 'accepted', 'acceptance-ended', 'false-positive', 'out-of-scope', 'suppressed', 'reopened', 'rescored', 'exploited', 'withdrawn', 'restored', 'assigned')),
  "from_status" text CHECK ("from_status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "to_status" text CHECK ("to_status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "from_severity" text CHECK ("from_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "to_severity" text CHECK ("to_severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "reason" varchar(1000),
  "changes" jsonb,
  "at" timestamptz NOT NULL
);
CREATE INDEX "finding_history_finding_id_id_index" ON "finding_history" ("finding_id", "id");
CREATE INDEX "finding_history_change_set_id_id_index" ON "finding_history" ("change_set_id", "id");
ALTER TABLE "finding_history" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_history" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_notes" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "finding_id" bigint NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "body" text NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "finding_notes_user_id_index" ON "finding_notes" ("user_id");
CREATE INDEX "finding_notes_deleted_at_index" ON "finding_notes" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "finding_notes_finding_id_id_index" ON "finding_notes" ("finding_id", "id");
ALTER TABLE "finding_notes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_notes" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "surface_tags" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "name" varchar(50) NOT NULL
);
CREATE UNIQUE INDEX "surface_tags_company_id_name_key" ON "surface_tags" ("company_id", "name");
ALTER TABLE "surface_tags" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "surface_tags" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "surface_tag_links" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "tag_id" bigint NOT NULL REFERENCES "surface_tags" ("id") ON DELETE CASCADE,
  "finding_id" bigint REFERENCES "findings" ("id") ON DELETE CASCADE,
  "asset_id" bigint REFERENCES "assets" ("id") ON DELETE CASCADE,
  CONSTRAINT "surface_tag_links_one_thing" CHECK (("finding_id" IS NULL) <> ("asset_id" IS NULL))
);
CREATE INDEX "surface_tag_links_finding_id_index" ON "surface_tag_links" ("finding_id");
CREATE INDEX "surface_tag_links_asset_id_index" ON "surface_tag_links" ("asset_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_finding_id_key" ON "surface_tag_links" ("tag_id", "finding_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_asset_id_key" ON "surface_tag_links" ("tag_id", "asset_id");
ALTER TABLE "surface_tag_links" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "surface_tag_links" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "sla_policies" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "severity" text NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "days" bigint,
  "exploited_days" bigint
);
CREATE UNIQUE INDEX "sla_policies_company_id_severity_key" ON "sla_policies" ("company_id", "severity");
ALTER TABLE "sla_policies" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "sla_policies" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "finding_counts" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" varchar(50) NOT NULL,
  "severity" text NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "status" text NOT NULL CHECK ("status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "exploited" boolean NOT NULL,
  "findings" bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX "finding_counts_company_id_source_severity_status_exploited_key" ON "finding_counts" ("company_id", "source", "severity", "status", "exploited");
ALTER TABLE "finding_counts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "finding_counts" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "import_changes" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint NOT NULL,
  "import_id" bigint NOT NULL REFERENCES "scan_imports" ("id") ON DELETE CASCADE,
  "table_name" text NOT NULL CHECK ("table_name" IN ('assets', 'asset_names', 'asset_coverage', 'asset_checks', 'finding_rules', 'findings', 'finding_locations')),
  "row_id" bigint NOT NULL,
  "before" jsonb
);
CREATE INDEX "import_changes_import_id_id_index" ON "import_changes" ("import_id", "id");
ALTER TABLE "import_changes" ENABLE ROW LEVEL SECURITY;
CREATE POLICY nerve_company ON "import_changes" USING (NULLIF(current_setting('nerve.company', true), '') IS NULL OR "company_id" = NULLIF(current_setting('nerve.company', true), '')::bigint);
CREATE TABLE "epss_scores" (
  "id" text PRIMARY KEY,
  "score" double precision NOT NULL,
  "percentile" double precision NOT NULL
);
CREATE TABLE "kev_entries" (
  "id" text PRIMARY KEY,
  "name" text NOT NULL DEFAULT '',
  "added_on" timestamptz NOT NULL,
  "due_on" timestamptz,
  "ransomware" boolean NOT NULL DEFAULT false
);
CREATE TABLE "feeds" (
  "id" text PRIMARY KEY,
  "edition" varchar(100) NOT NULL DEFAULT '',
  "dated_at" timestamptz NOT NULL,
  "loaded_at" timestamptz NOT NULL,
  "rows" bigint NOT NULL,
  "sha256" varchar(64) NOT NULL
);
CREATE TABLE "digest_keys" (
  "id" text PRIMARY KEY,
  "digest_key" text NOT NULL,
  "created_at" timestamptz NOT NULL
);
`,
  },
  down: {
    sqlite: `
DROP TABLE "digest_keys";
DROP TABLE "feeds";
DROP TABLE "kev_entries";
DROP TABLE "epss_scores";
DROP TABLE "import_changes";
DROP TABLE "finding_counts";
DROP TABLE "sla_policies";
DROP TABLE "surface_tag_links";
DROP TABLE "surface_tags";
DROP TABLE "finding_notes";
DROP TABLE "finding_history";
DROP TABLE "finding_change_sets";
DROP TABLE "finding_evidence";
DROP TABLE "finding_cves";
DROP TABLE "finding_locations";
DROP TABLE "findings";
DROP TABLE "risk_acceptances";
DROP TABLE "asset_checks";
DROP TABLE "finding_rules";
DROP TABLE "asset_coverage";
DROP TABLE "asset_names";
DROP TABLE "assets";
DROP TABLE "scan_imports";
DROP TABLE "scan_series";
`,
    postgres: `
DROP TABLE "digest_keys";
DROP TABLE "feeds";
DROP TABLE "kev_entries";
DROP TABLE "epss_scores";
DROP TABLE "import_changes";
DROP TABLE "finding_counts";
DROP TABLE "sla_policies";
DROP TABLE "surface_tag_links";
DROP TABLE "surface_tags";
DROP TABLE "finding_notes";
DROP TABLE "finding_history";
DROP TABLE "finding_change_sets";
DROP TABLE "finding_evidence";
DROP TABLE "finding_cves";
DROP TABLE "finding_locations";
DROP TABLE "findings";
DROP TABLE "risk_acceptances";
DROP TABLE "asset_checks";
DROP TABLE "finding_rules";
DROP TABLE "asset_coverage";
DROP TABLE "asset_names";
DROP TABLE "assets";
DROP TABLE "scan_imports";
DROP TABLE "scan_series";
`,
  },
};
