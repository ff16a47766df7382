import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "opsych_search_results";
DROP TABLE "pastebin_findings";
DROP TABLE "github_findings";
DROP TABLE "devices";
DROP TABLE "breaches";
DROP TABLE "social_media";
DROP TABLE "profiles";
`;

/** Tables of the module osint: open-source intelligence. */
export const migration: Migration = {
  version: "0004",
  description: "Tables for open-source intelligence",
  up: {
    sqlite: `
CREATE TABLE "profiles" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL,
  "email" TEXT,
  "username" TEXT,
  "phone" TEXT,
  "notes" TEXT,
  "risk_score" REAL DEFAULT 0,
  "breach_count" INTEGER DEFAULT 0,
  "social_media_json" TEXT CHECK (json_valid("social_media_json")),
  "exposed_passwords" TEXT,
  "data_leaks" TEXT,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" INTEGER,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "profiles_user_id_index" ON "profiles" ("user_id");
CREATE INDEX "profiles_deleted_at_index" ON "profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "social_media" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" TEXT NOT NULL,
  "platform" TEXT,
  "username" TEXT,
  "url" TEXT,
  "followers" INTEGER,
  "posts_count" INTEGER,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "social_media_user_id_index" ON "social_media" ("user_id");
CREATE INDEX "social_media_deleted_at_index" ON "social_media" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "breaches" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" TEXT NOT NULL,
  "breach_name" TEXT,
  "breach_date" TEXT,
  "data_classes" TEXT,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "breaches_user_id_index" ON "breaches" ("user_id");
CREATE INDEX "breaches_deleted_at_index" ON "breaches" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "devices" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" TEXT,
  "ip_address" TEXT,
  "hostname" TEXT,
  "device_type" TEXT,
  "ports_open" TEXT,
  "vulnerabilities" TEXT,
  "location" TEXT,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "devices_user_id_index" ON "devices" ("user_id");
CREATE INDEX "devices_deleted_at_index" ON "devices" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "github_findings" (
  "id" INTEGER PRIMARY KEY,
  "gist_id" TEXT NOT NULL,
  "gist_url" TEXT NOT NULL,
  "filename" TEXT,
  "created_at" INTEGER,
  "query_term" TEXT,
  "query_type" TEXT,
  "credential_type" TEXT,
  "credential_value" TEXT,
  "context" TEXT,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "github_findings_gist_id_key" ON "github_findings" ("gist_id");
CREATE INDEX "github_findings_query_term_index" ON "github_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_query_type_index" ON "github_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_user_id_index" ON "github_findings" ("user_id");
CREATE INDEX "github_findings_deleted_at_index" ON "github_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "pastebin_findings" (
  "id" INTEGER PRIMARY KEY,
  "paste_id" TEXT NOT NULL,
  "paste_title" TEXT,
  "paste_url" TEXT NOT NULL,
  "posted_date" TEXT,
  "query_term" TEXT,
  "query_type" TEXT,
  "credential_password" TEXT,
  "context" TEXT,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX "pastebin_findings_paste_id_key" ON "pastebin_findings" ("paste_id");
CREATE INDEX "pastebin_findings_query_term_index" ON "pastebin_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_query_type_index" ON "pastebin_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_user_id_index" ON "pastebin_findings" ("user_id");
CREATE INDEX "pastebin_findings_deleted_at_index" ON "pastebin_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "opsych_search_results" (
  "id" INTEGER PRIMARY KEY,
  "search_id" TEXT NOT NULL,
  "query_input" TEXT NOT NULL,
  "query_type" TEXT,
  "platform" TEXT,
  "username" TEXT,
  "url" TEXT,
  "bio" TEXT,
  "source" TEXT,
  "discovered_at" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE INDEX "opsych_search_results_search_id_index" ON "opsych_search_results" ("search_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_query_input_index" ON "opsych_search_results" ("query_input") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_platform_index" ON "opsych_search_results" ("platform") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_username_index" ON "opsych_search_results" ("username") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_user_id_index" ON "opsych_search_results" ("user_id");
CREATE INDEX "opsych_search_results_deleted_at_index" ON "opsych_search_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
    postgres: `
CREATE TABLE "profiles" (
  "id" text PRIMARY KEY,
  "name" text NOT NULL,
  "email" text,
  "username" text,
  "phone" text,
  "notes" text,
  "risk_score" double precision DEFAULT 0,
  "breach_count" bigint DEFAULT 0,
  "social_media_json" jsonb,
  "exposed_passwords" text,
  "data_leaks" text,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "created_at" timestamptz,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "profiles_user_id_index" ON "profiles" ("user_id");
CREATE INDEX "profiles_deleted_at_index" ON "profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "social_media" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" text NOT NULL,
  "platform" text,
  "username" text,
  "url" text,
  "followers" bigint,
  "posts_count" bigint,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "social_media_user_id_index" ON "social_media" ("user_id");
CREATE INDEX "social_media_deleted_at_index" ON "social_media" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "breaches" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" text NOT NULL,
  "breach_name" text,
  "breach_date" text,
  "data_classes" text,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "breaches_user_id_index" ON "breaches" ("user_id");
CREATE INDEX "breaches_deleted_at_index" ON "breaches" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "devices" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" text,
  "ip_address" text,
  "hostname" text,
  "device_type" text,
  "ports_open" text,
  "vulnerabilities" text,
  "location" text,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "devices_user_id_index" ON "devices" ("user_id");
CREATE INDEX "devices_deleted_at_index" ON "devices" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "github_findings" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "gist_id" text NOT NULL,
  "gist_url" text NOT NULL,
  "filename" text,
  "created_at" timestamptz,
  "query_term" text,
  "query_type" text,
  "credential_type" text,
  "credential_value" text,
  "context" text,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "github_findings_gist_id_key" ON "github_findings" ("gist_id");
CREATE INDEX "github_findings_query_term_index" ON "github_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_query_type_index" ON "github_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_user_id_index" ON "github_findings" ("user_id");
CREATE INDEX "github_findings_deleted_at_index" ON "github_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "pastebin_findings" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "paste_id" text NOT NULL,
  "paste_title" text,
  "paste_url" text NOT NULL,
  "posted_date" text,
  "query_term" text,
  "query_type" text,
  "credential_password" text,
  "context" text,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "pastebin_findings_paste_id_key" ON "pastebin_findings" ("paste_id");
CREATE INDEX "pastebin_findings_query_term_index" ON "pastebin_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_query_type_index" ON "pastebin_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_user_id_index" ON "pastebin_findings" ("user_id");
CREATE INDEX "pastebin_findings_deleted_at_index" ON "pastebin_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "opsych_search_results" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "search_id" text NOT NULL,
  "query_input" text NOT NULL,
  "query_type" text,
  "platform" text,
  "username" text,
  "url" text,
  "bio" text,
  "source" text,
  "discovered_at" timestamptz,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "opsych_search_results_search_id_index" ON "opsych_search_results" ("search_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_query_input_index" ON "opsych_search_results" ("query_input") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_platform_index" ON "opsych_search_results" ("platform") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_username_index" ON "opsych_search_results" ("username") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_user_id_index" ON "opsych_search_results" ("user_id");
CREATE INDEX "opsych_search_results_deleted_at_index" ON "opsych_search_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
`,
  },
  down: { sqlite: down, postgres: down },
};
