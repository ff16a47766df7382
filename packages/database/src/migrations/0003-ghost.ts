import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "breach_file_results";
DROP TABLE "uploaded_breach_files";
DROP TABLE "monitored_email_findings";
DROP TABLE "monitored_emails";
DROP TABLE "ghost_search_queries";
`;

/** Tables of the module ghost: breached-credential search. */
export const migration: Migration = {
  version: "0003",
  description: "Tables for breached-credential search",
  up: {
    sqlite: `
CREATE TABLE "ghost_search_queries" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "query_type" TEXT NOT NULL CHECK (length("query_type") <= 20),
  "query_value" TEXT NOT NULL CHECK (length("query_value") <= 255),
  "results_count" INTEGER NOT NULL DEFAULT 0,
  "search_sources" TEXT CHECK (json_valid("search_sources")),
  "response_time_ms" INTEGER,
  "searched_at" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "ghost_search_queries_user_id_index" ON "ghost_search_queries" ("user_id");
CREATE INDEX "ghost_search_queries_searched_at_index" ON "ghost_search_queries" ("searched_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "ghost_search_queries_deleted_at_index" ON "ghost_search_queries" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "monitored_emails" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE CASCADE,
  "created_by_user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "email_address" TEXT NOT NULL CHECK (length("email_address") <= 255),
  "monitor_scope" TEXT NOT NULL CHECK (length("monitor_scope") <= 20),
  "last_checked" INTEGER,
  "findings_count" INTEGER NOT NULL DEFAULT 0,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "monitored_emails_company_id_index" ON "monitored_emails" ("company_id");
CREATE INDEX "monitored_emails_user_id_index" ON "monitored_emails" ("user_id");
CREATE INDEX "monitored_emails_created_by_user_id_index" ON "monitored_emails" ("created_by_user_id");
CREATE INDEX "monitored_emails_email_address_index" ON "monitored_emails" ("email_address") WHERE "deleted_at" IS NULL;
CREATE INDEX "monitored_emails_deleted_at_index" ON "monitored_emails" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "monitored_email_findings" (
  "id" INTEGER PRIMARY KEY,
  "monitored_email_id" INTEGER NOT NULL REFERENCES "monitored_emails" ("id") ON DELETE CASCADE,
  "finding_type" TEXT NOT NULL CHECK (length("finding_type") <= 50),
  "source" TEXT NOT NULL CHECK (length("source") <= 100),
  "breach_name" TEXT CHECK (length("breach_name") <= 255),
  "breach_date" INTEGER,
  "details" TEXT NOT NULL CHECK (json_valid("details")),
  "severity" TEXT NOT NULL CHECK (length("severity") <= 20),
  "notified" INTEGER NOT NULL DEFAULT 0 CHECK ("notified" IN (0, 1)),
  "notified_at" INTEGER,
  "found_at" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "monitored_email_findings_monitored_email_id_index" ON "monitored_email_findings" ("monitored_email_id");
CREATE INDEX "monitored_email_findings_deleted_at_index" ON "monitored_email_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "uploaded_breach_files" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "filename" TEXT NOT NULL CHECK (length("filename") <= 255),
  "file_size" INTEGER NOT NULL,
  "file_path" TEXT NOT NULL CHECK (length("file_path") <= 500),
  "storage_location" TEXT NOT NULL CHECK (length("storage_location") <= 20),
  "indexed" INTEGER NOT NULL DEFAULT 0 CHECK ("indexed" IN (0, 1)),
  "records_count" INTEGER,
  "processing_status" TEXT NOT NULL DEFAULT 'pending' CHECK (length("processing_status") <= 20),
  "processing_error" TEXT,
  "content_hash" TEXT NOT NULL CHECK (length("content_hash") <= 64),
  "mime_type" TEXT NOT NULL CHECK (length("mime_type") <= 100),
  "virus_scanned" INTEGER NOT NULL DEFAULT 0 CHECK ("virus_scanned" IN (0, 1)),
  "virus_scan_result" TEXT CHECK (length("virus_scan_result") <= 100),
  "security_flags" TEXT CHECK (json_valid("security_flags")),
  "uploaded_at" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "uploaded_breach_files_user_id_index" ON "uploaded_breach_files" ("user_id");
CREATE INDEX "uploaded_breach_files_deleted_at_index" ON "uploaded_breach_files" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "uploaded_breach_files_expires_at_index" ON "uploaded_breach_files" ("expires_at");
CREATE TABLE "breach_file_results" (
  "id" INTEGER PRIMARY KEY,
  "uploaded_file_id" INTEGER NOT NULL REFERENCES "uploaded_breach_files" ("id") ON DELETE CASCADE,
  "email" TEXT NOT NULL CHECK (length("email") <= 255),
  "password_hash" TEXT,
  "password_plain" TEXT,
  "additional_data" TEXT CHECK (json_valid("additional_data")),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "breach_file_results_uploaded_file_id_index" ON "breach_file_results" ("uploaded_file_id");
CREATE INDEX "breach_file_results_email_index" ON "breach_file_results" ("email") WHERE "deleted_at" IS NULL;
CREATE INDEX "breach_file_results_deleted_at_index" ON "breach_file_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
    postgres: `
CREATE TABLE "ghost_search_queries" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "query_type" varchar(20) NOT NULL,
  "query_value" varchar(255) NOT NULL,
  "results_count" bigint NOT NULL DEFAULT 0,
  "search_sources" jsonb,
  "response_time_ms" bigint,
  "searched_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "ghost_search_queries_user_id_index" ON "ghost_search_queries" ("user_id");
CREATE INDEX "ghost_search_queries_searched_at_index" ON "ghost_search_queries" ("searched_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "ghost_search_queries_deleted_at_index" ON "ghost_search_queries" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "monitored_emails" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE CASCADE,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE CASCADE,
  "created_by_user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
  "email_address" varchar(255) NOT NULL,
  "monitor_scope" varchar(20) NOT NULL,
  "last_checked" timestamptz,
  "findings_count" bigint NOT NULL DEFAULT 0,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "monitored_emails_company_id_index" ON "monitored_emails" ("company_id");
CREATE INDEX "monitored_emails_user_id_index" ON "monitored_emails" ("user_id");
CREATE INDEX "monitored_emails_created_by_user_id_index" ON "monitored_emails" ("created_by_user_id");
CREATE INDEX "monitored_emails_email_address_index" ON "monitored_emails" ("email_address") WHERE "deleted_at" IS NULL;
CREATE INDEX "monitored_emails_deleted_at_index" ON "monitored_emails" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "monitored_email_findings" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "monitored_email_id" bigint NOT NULL REFERENCES "monitored_emails" ("id") ON DELETE CASCADE,
  "finding_type" varchar(50) NOT NULL,
  "source" varchar(100) NOT NULL,
  "breach_name" varchar(255),
  "breach_date" timestamptz,
  "details" jsonb NOT NULL,
  "severity" varchar(20) NOT NULL,
  "notified" boolean NOT NULL DEFAULT false,
  "notified_at" timestamptz,
  "found_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "monitored_email_findings_monitored_email_id_index" ON "monitored_email_findings" ("monitored_email_id");
CREATE INDEX "monitored_email_findings_deleted_at_index" ON "monitored_email_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "uploaded_breach_files" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "filename" varchar(255) NOT NULL,
  "file_size" bigint NOT NULL,
  "file_path" varchar(500) NOT NULL,
  "storage_location" varchar(20) NOT NULL,
  "indexed" boolean NOT NULL DEFAULT false,
  "records_count" bigint,
  "processing_status" varchar(20) NOT NULL DEFAULT 'pending',
  "processing_error" text,
  "content_hash" varchar(64) NOT NULL,
  "mime_type" varchar(100) NOT NULL,
  "virus_scanned" boolean NOT NULL DEFAULT false,
  "virus_scan_result" varchar(100),
  "security_flags" jsonb,
  "uploaded_at" timestamptz NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "uploaded_breach_files_user_id_index" ON "uploaded_breach_files" ("user_id");
CREATE INDEX "uploaded_breach_files_deleted_at_index" ON "uploaded_breach_files" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "uploaded_breach_files_expires_at_index" ON "uploaded_breach_files" ("expires_at");
CREATE TABLE "breach_file_results" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "uploaded_file_id" bigint NOT NULL REFERENCES "uploaded_breach_files" ("id") ON DELETE CASCADE,
  "email" varchar(255) NOT NULL,
  "password_hash" text,
  "password_plain" text,
  "additional_data" jsonb,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "breach_file_results_uploaded_file_id_index" ON "breach_file_results" ("uploaded_file_id");
CREATE INDEX "breach_file_results_email_index" ON "breach_file_results" ("email") WHERE "deleted_at" IS NULL;
CREATE INDEX "breach_file_results_deleted_at_index" ON "breach_file_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
  },
  down: { sqlite: down, postgres: down },
};
