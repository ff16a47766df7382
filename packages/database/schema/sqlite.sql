CREATE TABLE "schema_migrations" (
  "id" INTEGER PRIMARY KEY,
  "version" TEXT NOT NULL CHECK (length("version") <= 100),
  "description" TEXT NOT NULL CHECK (length("description") <= 255),
  "digest" TEXT NOT NULL CHECK (length("digest") <= 64),
  "down_script" TEXT,
  "applied_at" INTEGER NOT NULL,
  "duration_ms" INTEGER NOT NULL
) STRICT;
CREATE TABLE "companies" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT NOT NULL CHECK (length("name") <= 255),
  "primary_domain" TEXT NOT NULL CHECK (length("primary_domain") <= 255),
  "additional_domains" TEXT CHECK (json_valid("additional_domains")),
  "max_seats" INTEGER NOT NULL DEFAULT 1,
  "max_domains" INTEGER NOT NULL DEFAULT 1,
  "subscription_tier" TEXT NOT NULL DEFAULT 'basic' CHECK (length("subscription_tier") <= 20),
  "stripe_customer_id" TEXT CHECK (length("stripe_customer_id") <= 255),
  "billing_email" TEXT CHECK (length("billing_email") <= 255),
  "subscription_status" TEXT CHECK (length("subscription_status") <= 20),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
, "max_stored_rows" INTEGER, "max_stored_mib" INTEGER, "two_factor_demanded_at" INTEGER, "two_factor_grace_days" INTEGER, "two_factor_demanded_by" TEXT CHECK ("two_factor_demanded_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'))) STRICT;
CREATE TABLE "users" (
  "id" INTEGER PRIMARY KEY,
  "email" TEXT NOT NULL CHECK (length("email") <= 255),
  "username" TEXT CHECK (length("username") <= 100),
  "password_hash" TEXT NOT NULL CHECK (length("password_hash") <= 255),
  "full_name" TEXT CHECK (length("full_name") <= 255),
  "role" TEXT NOT NULL CHECK ("role" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo')),
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE SET NULL,
  "status" TEXT NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'locked', 'suspended', 'pending_verification')),
  "email_verified" INTEGER NOT NULL DEFAULT 0 CHECK ("email_verified" IN (0, 1)),
  "email_verification_token" TEXT CHECK (length("email_verification_token") <= 255),
  "email_verified_at" INTEGER,
  "2fa_enabled" INTEGER NOT NULL DEFAULT 0 CHECK ("2fa_enabled" IN (0, 1)),
  "2fa_secret" TEXT CHECK (length("2fa_secret") <= 255),
  "2fa_backup_codes" TEXT CHECK (json_valid("2fa_backup_codes")),
  "failed_login_attempts" INTEGER NOT NULL DEFAULT 0,
  "locked_until" INTEGER,
  "password_reset_token" TEXT CHECK (length("password_reset_token") <= 255),
  "password_reset_expires" INTEGER,
  "last_password_change" INTEGER,
  "must_change_password" INTEGER NOT NULL DEFAULT 0 CHECK ("must_change_password" IN (0, 1)),
  "phone_number" TEXT CHECK (length("phone_number") <= 20),
  "timezone" TEXT DEFAULT 'UTC' CHECK (length("timezone") <= 50),
  "language" TEXT DEFAULT 'en' CHECK (length("language") <= 10),
  "subscription_tier" TEXT CHECK (length("subscription_tier") <= 20),
  "subscription_status" TEXT CHECK (length("subscription_status") <= 20),
  "stripe_customer_id" TEXT CHECK (length("stripe_customer_id") <= 255),
  "stripe_subscription_id" TEXT CHECK (length("stripe_subscription_id") <= 255),
  "expires_at" INTEGER,
  "email_notifications" INTEGER NOT NULL DEFAULT 1 CHECK ("email_notifications" IN (0, 1)),
  "security_alerts" INTEGER NOT NULL DEFAULT 1 CHECK ("security_alerts" IN (0, 1)),
  "marketing_emails" INTEGER NOT NULL DEFAULT 0 CHECK ("marketing_emails" IN (0, 1)),
  "theme" TEXT DEFAULT 'dark' CHECK (length("theme") <= 10),
  "last_login_at" INTEGER,
  "last_login_ip" TEXT CHECK (length("last_login_ip") <= 45),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1)),
  "two_factor_last_step" INTEGER,
  "email_verification_expires" INTEGER
, "sign_in_refused_until" INTEGER, "pending_email" TEXT CHECK (length("pending_email") <= 255), "company_since" INTEGER, "suspended_by" TEXT CHECK ("suspended_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'))) STRICT;
CREATE TABLE "sessions" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "token" TEXT NOT NULL CHECK (length("token") <= 255),
  "refresh_token" TEXT CHECK (length("refresh_token") <= 255),
  "ip_address" TEXT NOT NULL CHECK (length("ip_address") <= 45),
  "user_agent" TEXT,
  "device_type" TEXT CHECK (length("device_type") <= 20),
  "device_name" TEXT CHECK (length("device_name") <= 255),
  "location" TEXT CHECK (length("location") <= 255),
  "created_at" INTEGER NOT NULL,
  "last_activity" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1)),
  "revoked_at" INTEGER,
  "refresh_family" TEXT CHECK (length("refresh_family") <= 255),
  "authenticated_at" INTEGER
, "former_refresh_token" TEXT CHECK (length("former_refresh_token") <= 255), "refreshed_at" INTEGER, "refresh_salt" TEXT CHECK (length("refresh_salt") <= 64), "known_device_id" INTEGER REFERENCES "known_devices" ("id") ON DELETE SET NULL) STRICT;
CREATE TABLE "audit_logs" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "action" TEXT NOT NULL CHECK (length("action") <= 100),
  "resource_type" TEXT CHECK (length("resource_type") <= 50),
  "resource_id" INTEGER,
  "description" TEXT,
  "metadata_json" TEXT CHECK (json_valid("metadata_json")),
  "ip_address" TEXT CHECK (length("ip_address") <= 45),
  "user_agent" TEXT,
  "success" INTEGER NOT NULL DEFAULT 1 CHECK ("success" IN (0, 1)),
  "error_message" TEXT,
  "created_at" INTEGER NOT NULL
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE SET NULL) STRICT;
CREATE TABLE "password_history" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "password_hash" TEXT NOT NULL CHECK (length("password_hash") <= 255),
  "created_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "login_attempts" (
  "id" INTEGER PRIMARY KEY,
  "email" TEXT NOT NULL CHECK (length("email") <= 255),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "ip_address" TEXT NOT NULL CHECK (length("ip_address") <= 45),
  "user_agent" TEXT,
  "success" INTEGER NOT NULL CHECK ("success" IN (0, 1)),
  "failure_reason" TEXT CHECK (length("failure_reason") <= 100),
  "attempted_at" INTEGER NOT NULL
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE SET NULL, "network" TEXT CHECK (length("network") <= 45), "proved_by" TEXT CHECK (length("proved_by") <= 40), "forgotten_at" INTEGER, "factors" TEXT CHECK (json_valid("factors"))) STRICT;
CREATE TABLE "api_keys" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "key_hash" TEXT NOT NULL CHECK (length("key_hash") <= 255),
  "key_prefix" TEXT NOT NULL CHECK (length("key_prefix") <= 8),
  "name" TEXT NOT NULL CHECK (length("name") <= 100),
  "permissions" TEXT CHECK (json_valid("permissions")),
  "last_used_at" INTEGER,
  "last_used_ip" TEXT CHECK (length("last_used_ip") <= 45),
  "usage_count" INTEGER NOT NULL DEFAULT 0,
  "created_at" INTEGER NOT NULL,
  "expires_at" INTEGER,
  "revoked_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
, "networks" TEXT CHECK (json_valid("networks")), "refused_count" INTEGER NOT NULL DEFAULT 0, "last_refused_at" INTEGER, "last_refused_ip" TEXT CHECK (length("last_refused_ip") <= 45), "replaced_by" INTEGER) STRICT;
CREATE TABLE "security_events" (
  "id" INTEGER PRIMARY KEY,
  "event_type" TEXT NOT NULL CHECK (length("event_type") <= 50),
  "severity" TEXT NOT NULL CHECK (length("severity") <= 20),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "email" TEXT CHECK (length("email") <= 255),
  "ip_address" TEXT CHECK (length("ip_address") <= 45),
  "user_agent" TEXT,
  "location" TEXT CHECK (length("location") <= 255),
  "description" TEXT NOT NULL,
  "metadata_json" TEXT CHECK (json_valid("metadata_json")),
  "acknowledged" INTEGER NOT NULL DEFAULT 0 CHECK ("acknowledged" IN (0, 1)),
  "acknowledged_by" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "acknowledged_at" INTEGER,
  "created_at" INTEGER NOT NULL
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE SET NULL) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE, "stored_bytes" INTEGER) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE, "stored_bytes" INTEGER) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
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
CREATE TABLE "roadmap_profiles" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE SET NULL,
  "company_name" TEXT NOT NULL CHECK (length("company_name") <= 255),
  "company_size" TEXT CHECK (length("company_size") <= 50),
  "industry" TEXT CHECK (length("industry") <= 100),
  "employee_count" INTEGER,
  "current_security_score" INTEGER DEFAULT 0,
  "target_security_score" INTEGER DEFAULT 75,
  "handles_pii" INTEGER DEFAULT 0 CHECK ("handles_pii" IN (0, 1)),
  "handles_payment_data" INTEGER DEFAULT 0 CHECK ("handles_payment_data" IN (0, 1)),
  "handles_health_data" INTEGER DEFAULT 0 CHECK ("handles_health_data" IN (0, 1)),
  "handles_financial_data" INTEGER DEFAULT 0 CHECK ("handles_financial_data" IN (0, 1)),
  "current_measures" TEXT CHECK (json_valid("current_measures")),
  "compliance_requirements" TEXT CHECK (json_valid("compliance_requirements")),
  "assessment_responses" TEXT CHECK (json_valid("assessment_responses")),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "last_recalculated" INTEGER,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE TABLE "roadmap_tasks" (
  "id" INTEGER PRIMARY KEY,
  "task_id" TEXT NOT NULL CHECK (length("task_id") <= 100),
  "task_name" TEXT NOT NULL CHECK (length("task_name") <= 255),
  "task_category" TEXT CHECK (length("task_category") <= 50),
  "description" TEXT,
  "why_it_matters" TEXT,
  "how_to_fix" TEXT,
  "estimated_time_minutes" INTEGER,
  "estimated_cost_min" REAL,
  "estimated_cost_max" REAL,
  "difficulty_level" TEXT CHECK (length("difficulty_level") <= 20),
  "security_score_impact" INTEGER,
  "risk_level" TEXT CHECK (length("risk_level") <= 20),
  "applies_to_industries" TEXT CHECK (json_valid("applies_to_industries")),
  "applies_to_sizes" TEXT CHECK (json_valid("applies_to_sizes")),
  "requires_compliance" TEXT CHECK (json_valid("requires_compliance")),
  "documentation_url" TEXT,
  "video_tutorial_url" TEXT,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE TABLE "roadmap_user_tasks" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" INTEGER NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "task_id" TEXT NOT NULL CHECK (length("task_id") <= 100),
  "status" TEXT NOT NULL DEFAULT 'not_started' CHECK (length("status") <= 20),
  "phase" INTEGER DEFAULT 1,
  "priority_order" INTEGER,
  "source" TEXT CHECK (length("source") <= 50),
  "source_reference_id" INTEGER,
  "source_details" TEXT CHECK (json_valid("source_details")),
  "finding_type" TEXT CHECK (length("finding_type") <= 100),
  "finding_severity" TEXT CHECK (length("finding_severity") <= 20),
  "scan_domain" TEXT CHECK (length("scan_domain") <= 255),
  "scan_date" INTEGER,
  "matched_threat_actor" TEXT CHECK (length("matched_threat_actor") <= 255),
  "threat_actor_ttp" TEXT CHECK (json_valid("threat_actor_ttp")),
  "assigned_to_user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "started_at" INTEGER,
  "completed_at" INTEGER,
  "verified_at" INTEGER,
  "last_reminded" INTEGER,
  "user_notes" TEXT,
  "admin_notes" TEXT,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE TABLE "roadmap_achievements" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" INTEGER NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "achievement_id" TEXT NOT NULL CHECK (length("achievement_id") <= 100),
  "achievement_name" TEXT NOT NULL CHECK (length("achievement_name") <= 255),
  "achievement_description" TEXT,
  "achievement_icon" TEXT CHECK (length("achievement_icon") <= 50),
  "requirement_type" TEXT CHECK (length("requirement_type") <= 50),
  "requirement_value" INTEGER,
  "unlocked_at" INTEGER NOT NULL,
  "is_claimed" INTEGER DEFAULT 0 CHECK ("is_claimed" IN (0, 1)),
  "claimed_at" INTEGER,
  "rewards" TEXT CHECK (json_valid("rewards")),
  "created_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "roadmap_progress_history" (
  "id" INTEGER PRIMARY KEY,
  "profile_id" INTEGER NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "security_score" INTEGER,
  "tasks_completed" INTEGER,
  "tasks_total" INTEGER,
  "phase1_completed" INTEGER DEFAULT 0,
  "phase2_completed" INTEGER DEFAULT 0,
  "phase3_completed" INTEGER DEFAULT 0,
  "phase4_completed" INTEGER DEFAULT 0,
  "snapshot_date" INTEGER NOT NULL,
  "snapshot_reason" TEXT CHECK (length("snapshot_reason") <= 50)
) STRICT;
CREATE TABLE "roadmap_task_library_meta" (
  "id" INTEGER PRIMARY KEY,
  "library_version" TEXT NOT NULL CHECK (length("library_version") <= 20),
  "total_tasks" INTEGER,
  "changelog" TEXT,
  "last_updated" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "bait_tokens" (
  "id" INTEGER PRIMARY KEY,
  "identifier" TEXT NOT NULL,
  "bait_type" TEXT,
  "token_value" TEXT CHECK (json_valid("token_value")),
  "seeded_at" INTEGER,
  "seeded_location" TEXT,
  "first_access" INTEGER,
  "access_count" INTEGER DEFAULT 0,
  "last_access" INTEGER,
  "status" TEXT DEFAULT 'active',
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
CREATE TABLE "bait_accesses" (
  "id" INTEGER PRIMARY KEY,
  "bait_id" INTEGER NOT NULL REFERENCES "bait_tokens" ("id") ON DELETE CASCADE,
  "accessed_at" INTEGER,
  "source_ip" TEXT,
  "user_agent" TEXT,
  "request_type" TEXT,
  "request_headers" TEXT CHECK (json_valid("request_headers")),
  "request_body" TEXT CHECK (json_valid("request_body")),
  "fingerprint" TEXT,
  "geolocation" TEXT,
  "threat_level" TEXT DEFAULT 'medium',
  "notes" TEXT,
  "accept_language" TEXT,
  "referer" TEXT,
  "sec_fetch_headers" TEXT CHECK (json_valid("sec_fetch_headers")),
  "attribution_type" TEXT,
  "evidence_strength" TEXT,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE TABLE "uploaded_files" (
  "id" INTEGER PRIMARY KEY,
  "upload_id" TEXT NOT NULL,
  "filename" TEXT NOT NULL,
  "file_path" TEXT NOT NULL,
  "upload_time" INTEGER,
  "line_count" INTEGER DEFAULT 0,
  "parsed_credential_count" INTEGER DEFAULT 0,
  "file_size_bytes" INTEGER DEFAULT 0,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
, "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE) STRICT;
CREATE TABLE "uploaded_credentials" (
  "id" INTEGER PRIMARY KEY,
  "upload_id" TEXT NOT NULL REFERENCES "uploaded_files" ("upload_id") ON DELETE CASCADE,
  "email" TEXT NOT NULL,
  "password" TEXT,
  "additional_data" TEXT,
  "line_number" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "is_active" INTEGER NOT NULL DEFAULT 1 CHECK ("is_active" IN (0, 1))
) STRICT;
CREATE TABLE "maintenance_jobs" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "due_at" INTEGER NOT NULL,
  "holder" TEXT CHECK (length("holder") <= 200),
  "lease_expires_at" INTEGER,
  "started_at" INTEGER,
  "finished_at" INTEGER,
  "succeeded_at" INTEGER,
  "duration_ms" INTEGER,
  "outcome" TEXT CHECK ("outcome" IN ('done', 'failed', 'skipped')),
  "result" TEXT CHECK (json_valid("result")),
  "error" TEXT CHECK (json_valid("error")),
  "failures" INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE "rate_limits" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "hits" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "audit_logs_metadata_json_search" (
  "key" TEXT NOT NULL,
  "value" ANY NOT NULL,
  "created_at" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "value", "created_at", "id")
) STRICT, WITHOUT ROWID;
CREATE TABLE "security_events_metadata_json_search" (
  "key" TEXT NOT NULL,
  "value" ANY NOT NULL,
  "created_at" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "value", "created_at", "id")
) STRICT, WITHOUT ROWID;
CREATE TABLE "password_reset_links" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "token" TEXT NOT NULL CHECK (length("token") <= 255),
  "created_at" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "known_devices" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "token" TEXT NOT NULL CHECK (length("token") <= 255),
  "user_agent" TEXT,
  "created_at" INTEGER NOT NULL,
  "last_used_at" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE "queued_mails" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK (length("kind") <= 40),
  "content" TEXT NOT NULL,
  "created_at" INTEGER NOT NULL,
  "due_at" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "last_error" TEXT CHECK (length("last_error") <= 100)
) STRICT;
CREATE TABLE "quota_bounds" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "live_rows" INTEGER,
  "live_bytes" INTEGER,
  "deleted_rows" INTEGER,
  "deleted_bytes" INTEGER
) STRICT;
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
CREATE TABLE "asset_names" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "asset_id" INTEGER NOT NULL REFERENCES "assets" ("id") ON DELETE CASCADE,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('address', 'reverse', 'certificate', 'alias')),
  "name" TEXT NOT NULL CHECK (length("name") <= 255),
  "first_seen_at" INTEGER NOT NULL,
  "last_seen_at" INTEGER NOT NULL
) STRICT;
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
  "updated_at" INTEGER NOT NULL, "finding_kind" TEXT NOT NULL DEFAULT 'unclassified' CHECK (length("finding_kind") <= 50),
  CONSTRAINT "findings_is_open" CHECK ("is_open" = ("status" IN ('open', 'confirmed'))),
  CONSTRAINT "findings_accepted" CHECK ("status" <> 'accepted' OR "risk_acceptance_id" IS NOT NULL),
  CONSTRAINT "findings_due" CHECK ("due_at" IS NULL OR "is_open"),
  CONSTRAINT "findings_resolved" CHECK (("status" = 'resolved') = ("resolved_at" IS NOT NULL)),
  CONSTRAINT "findings_ordinal" CHECK ("ordinal" >= 0),
  CONSTRAINT "findings_epss" CHECK ("epss" >= 0 AND "epss" <= 1),
  CONSTRAINT "findings_score" CHECK ("score" >= 0 AND "score" <= 10),
  CONSTRAINT "findings_risk" CHECK ("risk" >= 0 AND "risk" <= 1300)
) STRICT;
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
CREATE TABLE "finding_cves" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "finding_id" INTEGER NOT NULL REFERENCES "findings" ("id") ON DELETE CASCADE,
  "cve" TEXT NOT NULL CHECK (length("cve") <= 20)
) STRICT;
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
CREATE TABLE "finding_change_sets" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "cause" TEXT NOT NULL CHECK ("cause" IN ('import', 'decision', 'expiry', 'feed', 'policy', 'undo')),
  "import_id" INTEGER,
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "at" INTEGER NOT NULL,
  "counts" TEXT CHECK (json_valid("counts"))
) STRICT;
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
CREATE TABLE "surface_tags" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL CHECK (length("name") <= 50)
) STRICT;
CREATE TABLE "surface_tag_links" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "tag_id" INTEGER NOT NULL REFERENCES "surface_tags" ("id") ON DELETE CASCADE,
  "finding_id" INTEGER REFERENCES "findings" ("id") ON DELETE CASCADE,
  "asset_id" INTEGER REFERENCES "assets" ("id") ON DELETE CASCADE,
  CONSTRAINT "surface_tag_links_one_thing" CHECK (("finding_id" IS NULL) <> ("asset_id" IS NULL))
) STRICT;
CREATE TABLE "sla_policies" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "severity" TEXT NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "days" INTEGER,
  "exploited_days" INTEGER
) STRICT;
CREATE TABLE "finding_counts" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER REFERENCES "companies" ("id") ON DELETE CASCADE,
  "source" TEXT NOT NULL CHECK (length("source") <= 50),
  "severity" TEXT NOT NULL CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info')),
  "status" TEXT NOT NULL CHECK ("status" IN ('open', 'confirmed', 'fixed', 'resolved', 'accepted', 'false_positive', 'out_of_scope', 'suppressed')),
  "exploited" INTEGER NOT NULL CHECK ("exploited" IN (0, 1)),
  "findings" INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE "import_changes" (
  "id" INTEGER PRIMARY KEY,
  "company_id" INTEGER NOT NULL,
  "import_id" INTEGER NOT NULL REFERENCES "scan_imports" ("id") ON DELETE CASCADE,
  "table_name" TEXT NOT NULL CHECK ("table_name" IN ('assets', 'asset_names', 'asset_coverage', 'asset_checks', 'finding_rules', 'findings', 'finding_locations')),
  "row_id" INTEGER NOT NULL,
  "before" TEXT CHECK (json_valid("before"))
) STRICT;
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
CREATE UNIQUE INDEX "schema_migrations_version_key" ON "schema_migrations" ("version");
CREATE UNIQUE INDEX "companies_primary_domain_key" ON "companies" (lower("primary_domain"));
CREATE INDEX "companies_deleted_at_index" ON "companies" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "users_email_key" ON "users" (lower("email"));
CREATE INDEX "users_role_index" ON "users" ("role") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_company_id_index" ON "users" ("company_id");
CREATE INDEX "users_status_index" ON "users" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_email_verification_token_index" ON "users" ("email_verification_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_password_reset_token_index" ON "users" ("password_reset_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_deleted_at_index" ON "users" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "users_expires_at_index" ON "users" ("expires_at");
CREATE INDEX "sessions_user_id_index" ON "sessions" ("user_id");
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions" ("token");
CREATE UNIQUE INDEX "sessions_refresh_token_key" ON "sessions" ("refresh_token");
CREATE UNIQUE INDEX "sessions_refresh_family_key" ON "sessions" ("refresh_family");
CREATE INDEX "sessions_expires_at_index" ON "sessions" ("expires_at");
CREATE INDEX "audit_logs_user_id_index" ON "audit_logs" ("user_id");
CREATE INDEX "audit_logs_action_index" ON "audit_logs" ("action");
CREATE INDEX "audit_logs_created_at_id_index" ON "audit_logs" ("created_at", "id");
CREATE INDEX "audit_logs_resource_type_resource_id_index" ON "audit_logs" ("resource_type", "resource_id");
CREATE INDEX "password_history_user_id_created_at_index" ON "password_history" ("user_id", "created_at");
CREATE INDEX "login_attempts_email_attempted_at_id_index" ON "login_attempts" ("email", "attempted_at", "id");
CREATE INDEX "login_attempts_ip_address_attempted_at_id_index" ON "login_attempts" ("ip_address", "attempted_at", "id");
CREATE INDEX "login_attempts_user_id_attempted_at_id_index" ON "login_attempts" ("user_id", "attempted_at", "id");
CREATE INDEX "login_attempts_attempted_at_id_index" ON "login_attempts" ("attempted_at", "id");
CREATE INDEX "api_keys_user_id_index" ON "api_keys" ("user_id");
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys" ("key_hash");
CREATE INDEX "security_events_acknowledged_by_index" ON "security_events" ("acknowledged_by");
CREATE INDEX "security_events_user_id_created_at_id_index" ON "security_events" ("user_id", "created_at", "id");
CREATE INDEX "security_events_user_id_severity_created_at_id_index" ON "security_events" ("user_id", "severity", "created_at", "id");
CREATE INDEX "security_events_severity_created_at_id_index" ON "security_events" ("severity", "created_at", "id");
CREATE INDEX "security_events_event_type_created_at_id_index" ON "security_events" ("event_type", "created_at", "id");
CREATE INDEX "security_events_created_at_id_index" ON "security_events" ("created_at", "id");
CREATE INDEX "security_events_email_created_at_index" ON "security_events" ("email", "created_at");
CREATE INDEX "security_events_ip_address_created_at_index" ON "security_events" ("ip_address", "created_at");
CREATE INDEX "ghost_search_queries_user_id_index" ON "ghost_search_queries" ("user_id");
CREATE INDEX "ghost_search_queries_searched_at_index" ON "ghost_search_queries" ("searched_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "ghost_search_queries_deleted_at_index" ON "ghost_search_queries" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "monitored_emails_company_id_index" ON "monitored_emails" ("company_id");
CREATE INDEX "monitored_emails_user_id_index" ON "monitored_emails" ("user_id");
CREATE INDEX "monitored_emails_created_by_user_id_index" ON "monitored_emails" ("created_by_user_id");
CREATE INDEX "monitored_emails_email_address_index" ON "monitored_emails" ("email_address") WHERE "deleted_at" IS NULL;
CREATE INDEX "monitored_emails_deleted_at_index" ON "monitored_emails" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "monitored_email_findings_monitored_email_id_index" ON "monitored_email_findings" ("monitored_email_id");
CREATE INDEX "monitored_email_findings_deleted_at_index" ON "monitored_email_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "uploaded_breach_files_user_id_index" ON "uploaded_breach_files" ("user_id");
CREATE INDEX "uploaded_breach_files_deleted_at_index" ON "uploaded_breach_files" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "uploaded_breach_files_expires_at_index" ON "uploaded_breach_files" ("expires_at");
CREATE INDEX "breach_file_results_uploaded_file_id_index" ON "breach_file_results" ("uploaded_file_id");
CREATE INDEX "breach_file_results_email_index" ON "breach_file_results" ("email") WHERE "deleted_at" IS NULL;
CREATE INDEX "breach_file_results_deleted_at_index" ON "breach_file_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "profiles_user_id_index" ON "profiles" ("user_id");
CREATE INDEX "profiles_deleted_at_index" ON "profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "social_media_user_id_index" ON "social_media" ("user_id");
CREATE INDEX "social_media_deleted_at_index" ON "social_media" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "breaches_user_id_index" ON "breaches" ("user_id");
CREATE INDEX "breaches_deleted_at_index" ON "breaches" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "devices_user_id_index" ON "devices" ("user_id");
CREATE INDEX "devices_deleted_at_index" ON "devices" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "github_findings_query_term_index" ON "github_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_query_type_index" ON "github_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "github_findings_user_id_index" ON "github_findings" ("user_id");
CREATE INDEX "github_findings_deleted_at_index" ON "github_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "pastebin_findings_query_term_index" ON "pastebin_findings" ("query_term") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_query_type_index" ON "pastebin_findings" ("query_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "pastebin_findings_user_id_index" ON "pastebin_findings" ("user_id");
CREATE INDEX "pastebin_findings_deleted_at_index" ON "pastebin_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "opsych_search_results_search_id_index" ON "opsych_search_results" ("search_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_query_input_index" ON "opsych_search_results" ("query_input") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_platform_index" ON "opsych_search_results" ("platform") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_username_index" ON "opsych_search_results" ("username") WHERE "deleted_at" IS NULL;
CREATE INDEX "opsych_search_results_user_id_index" ON "opsych_search_results" ("user_id");
CREATE INDEX "opsych_search_results_deleted_at_index" ON "opsych_search_results" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "asm_scans_user_id_index" ON "asm_scans" ("user_id");
CREATE INDEX "asm_scans_deleted_at_index" ON "asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "cached_asm_scans_user_id_index" ON "cached_asm_scans" ("user_id");
CREATE INDEX "cached_asm_scans_deleted_at_index" ON "cached_asm_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "cached_asm_scans_domain_scanned_at_index" ON "cached_asm_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_asset_index" ON "lightbox_findings" ("asset") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_finding_type_index" ON "lightbox_findings" ("finding_type") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_severity_index" ON "lightbox_findings" ("severity") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_scan_id_index" ON "lightbox_findings" ("scan_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_findings_user_id_index" ON "lightbox_findings" ("user_id");
CREATE INDEX "lightbox_findings_deleted_at_index" ON "lightbox_findings" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scans_user_id_index" ON "lightbox_scans" ("user_id");
CREATE INDEX "lightbox_scans_deleted_at_index" ON "lightbox_scans" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scans_domain_scanned_at_index" ON "lightbox_scans" ("domain", "scanned_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "xasm_scan_history_target_index" ON "xasm_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "xasm_scan_history_deleted_at_index" ON "xasm_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "xasm_scan_history_user_id_timestamp_id_index" ON "xasm_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "xasm_scan_history_timestamp_id_index" ON "xasm_scan_history" ("timestamp", "id");
CREATE INDEX "lightbox_scan_history_target_index" ON "lightbox_scan_history" ("target") WHERE "deleted_at" IS NULL;
CREATE INDEX "lightbox_scan_history_deleted_at_index" ON "lightbox_scan_history" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "lightbox_scan_history_user_id_timestamp_id_index" ON "lightbox_scan_history" ("user_id", "timestamp", "id");
CREATE INDEX "lightbox_scan_history_timestamp_id_index" ON "lightbox_scan_history" ("timestamp", "id");
CREATE INDEX "scan_results_xasm_user_id_index" ON "scan_results_xasm" ("user_id");
CREATE INDEX "scan_results_xasm_deleted_at_index" ON "scan_results_xasm" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_xasm_expires_at_index" ON "scan_results_xasm" ("expires_at");
CREATE INDEX "scan_results_lightbox_user_id_index" ON "scan_results_lightbox" ("user_id");
CREATE INDEX "scan_results_lightbox_deleted_at_index" ON "scan_results_lightbox" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "scan_results_lightbox_expires_at_index" ON "scan_results_lightbox" ("expires_at");
CREATE INDEX "compliance_assessments_company_id_index" ON "compliance_assessments" ("company_id");
CREATE INDEX "compliance_assessments_created_by_user_id_index" ON "compliance_assessments" ("created_by_user_id");
CREATE INDEX "compliance_assessments_framework_index" ON "compliance_assessments" ("framework") WHERE "deleted_at" IS NULL;
CREATE INDEX "compliance_assessments_deleted_at_index" ON "compliance_assessments" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "compliance_controls_assessment_id_index" ON "compliance_controls" ("assessment_id");
CREATE INDEX "compliance_controls_assigned_to_user_id_index" ON "compliance_controls" ("assigned_to_user_id");
CREATE INDEX "compliance_controls_deleted_at_index" ON "compliance_controls" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "compliance_evidence_control_id_index" ON "compliance_evidence" ("control_id");
CREATE INDEX "compliance_evidence_uploaded_by_user_id_index" ON "compliance_evidence" ("uploaded_by_user_id");
CREATE INDEX "compliance_evidence_deleted_at_index" ON "compliance_evidence" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "vulnerability_reports_company_id_index" ON "vulnerability_reports" ("company_id");
CREATE INDEX "vulnerability_reports_user_id_index" ON "vulnerability_reports" ("user_id");
CREATE INDEX "vulnerability_reports_xasm_scan_id_index" ON "vulnerability_reports" ("xasm_scan_id");
CREATE INDEX "vulnerability_reports_lightbox_scan_id_index" ON "vulnerability_reports" ("lightbox_scan_id");
CREATE INDEX "vulnerability_reports_deleted_at_index" ON "vulnerability_reports" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "roadmap_profiles_user_id_index" ON "roadmap_profiles" ("user_id");
CREATE INDEX "roadmap_profiles_company_id_index" ON "roadmap_profiles" ("company_id");
CREATE INDEX "roadmap_profiles_industry_index" ON "roadmap_profiles" ("industry") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_profiles_deleted_at_index" ON "roadmap_profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "roadmap_tasks_task_id_key" ON "roadmap_tasks" ("task_id");
CREATE INDEX "roadmap_tasks_task_category_index" ON "roadmap_tasks" ("task_category");
CREATE INDEX "roadmap_tasks_risk_level_index" ON "roadmap_tasks" ("risk_level");
CREATE INDEX "roadmap_user_tasks_profile_id_index" ON "roadmap_user_tasks" ("profile_id");
CREATE INDEX "roadmap_user_tasks_task_id_index" ON "roadmap_user_tasks" ("task_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_status_index" ON "roadmap_user_tasks" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_phase_index" ON "roadmap_user_tasks" ("phase") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_source_index" ON "roadmap_user_tasks" ("source") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_assigned_to_user_id_index" ON "roadmap_user_tasks" ("assigned_to_user_id");
CREATE INDEX "roadmap_user_tasks_deleted_at_index" ON "roadmap_user_tasks" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "roadmap_achievements_profile_id_index" ON "roadmap_achievements" ("profile_id");
CREATE INDEX "roadmap_achievements_user_id_index" ON "roadmap_achievements" ("user_id");
CREATE INDEX "roadmap_achievements_achievement_id_index" ON "roadmap_achievements" ("achievement_id");
CREATE INDEX "roadmap_progress_history_profile_id_index" ON "roadmap_progress_history" ("profile_id");
CREATE INDEX "roadmap_progress_history_snapshot_date_index" ON "roadmap_progress_history" ("snapshot_date");
CREATE UNIQUE INDEX "bait_tokens_identifier_key" ON "bait_tokens" ("identifier");
CREATE INDEX "bait_tokens_user_id_index" ON "bait_tokens" ("user_id");
CREATE INDEX "bait_tokens_deleted_at_index" ON "bait_tokens" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "bait_accesses_bait_id_index" ON "bait_accesses" ("bait_id");
CREATE INDEX "bait_accesses_user_id_index" ON "bait_accesses" ("user_id");
CREATE INDEX "bait_accesses_deleted_at_index" ON "bait_accesses" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "uploaded_files_upload_id_key" ON "uploaded_files" ("upload_id");
CREATE INDEX "uploaded_files_user_id_index" ON "uploaded_files" ("user_id");
CREATE INDEX "uploaded_files_deleted_at_index" ON "uploaded_files" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "uploaded_credentials_upload_id_index" ON "uploaded_credentials" ("upload_id");
CREATE INDEX "uploaded_credentials_email_index" ON "uploaded_credentials" ("email") WHERE "deleted_at" IS NULL;
CREATE INDEX "uploaded_credentials_user_id_index" ON "uploaded_credentials" ("user_id");
CREATE INDEX "uploaded_credentials_deleted_at_index" ON "uploaded_credentials" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "users_company_id_username_key" ON "users" (coalesce("company_id", 0), "username");
CREATE INDEX "audit_logs_company_id_created_at_id_index" ON "audit_logs" ("company_id", "created_at", "id");
CREATE INDEX "login_attempts_company_id_attempted_at_id_index" ON "login_attempts" ("company_id", "attempted_at", "id");
CREATE INDEX "security_events_company_id_created_at_id_index" ON "security_events" ("company_id", "created_at", "id");
CREATE INDEX "ghost_search_queries_company_id_index" ON "ghost_search_queries" ("company_id");
CREATE INDEX "uploaded_breach_files_company_id_index" ON "uploaded_breach_files" ("company_id");
CREATE INDEX "profiles_company_id_index" ON "profiles" ("company_id");
CREATE INDEX "social_media_company_id_index" ON "social_media" ("company_id");
CREATE INDEX "breaches_company_id_index" ON "breaches" ("company_id");
CREATE INDEX "devices_company_id_index" ON "devices" ("company_id");
CREATE INDEX "github_findings_company_id_index" ON "github_findings" ("company_id");
CREATE UNIQUE INDEX "github_findings_company_id_gist_id_key" ON "github_findings" (coalesce("company_id", 0), "gist_id");
CREATE INDEX "pastebin_findings_company_id_index" ON "pastebin_findings" ("company_id");
CREATE UNIQUE INDEX "pastebin_findings_company_id_paste_id_key" ON "pastebin_findings" (coalesce("company_id", 0), "paste_id");
CREATE INDEX "opsych_search_results_company_id_index" ON "opsych_search_results" ("company_id");
CREATE INDEX "asm_scans_company_id_index" ON "asm_scans" ("company_id");
CREATE UNIQUE INDEX "asm_scans_company_id_domain_key" ON "asm_scans" (coalesce("company_id", 0), "domain");
CREATE INDEX "cached_asm_scans_company_id_index" ON "cached_asm_scans" ("company_id");
CREATE INDEX "lightbox_findings_company_id_index" ON "lightbox_findings" ("company_id");
CREATE INDEX "lightbox_scans_company_id_index" ON "lightbox_scans" ("company_id");
CREATE UNIQUE INDEX "xasm_scan_history_company_id_scan_id_key" ON "xasm_scan_history" (coalesce("company_id", 0), "scan_id");
CREATE INDEX "xasm_scan_history_company_id_timestamp_id_index" ON "xasm_scan_history" ("company_id", "timestamp", "id");
CREATE UNIQUE INDEX "lightbox_scan_history_company_id_scan_id_key" ON "lightbox_scan_history" (coalesce("company_id", 0), "scan_id");
CREATE INDEX "lightbox_scan_history_company_id_timestamp_id_index" ON "lightbox_scan_history" ("company_id", "timestamp", "id");
CREATE INDEX "scan_results_xasm_company_id_index" ON "scan_results_xasm" ("company_id");
CREATE UNIQUE INDEX "scan_results_xasm_company_id_company_key" ON "scan_results_xasm" (coalesce("company_id", 0), "company");
CREATE INDEX "scan_results_lightbox_company_id_index" ON "scan_results_lightbox" ("company_id");
CREATE UNIQUE INDEX "scan_results_lightbox_company_id_company_key" ON "scan_results_lightbox" (coalesce("company_id", 0), "company");
CREATE INDEX "bait_tokens_company_id_index" ON "bait_tokens" ("company_id");
CREATE INDEX "uploaded_files_company_id_index" ON "uploaded_files" ("company_id");
CREATE INDEX "password_reset_links_user_id_index" ON "password_reset_links" ("user_id");
CREATE UNIQUE INDEX "password_reset_links_token_key" ON "password_reset_links" ("token");
CREATE INDEX "password_reset_links_expires_at_index" ON "password_reset_links" ("expires_at");
CREATE INDEX "known_devices_user_id_index" ON "known_devices" ("user_id");
CREATE UNIQUE INDEX "known_devices_token_key" ON "known_devices" ("token");
CREATE INDEX "known_devices_expires_at_index" ON "known_devices" ("expires_at");
CREATE INDEX "sessions_known_device_id_index" ON "sessions" ("known_device_id");
CREATE INDEX "queued_mails_user_id_index" ON "queued_mails" ("user_id");
CREATE INDEX "queued_mails_due_at_index" ON "queued_mails" ("due_at");
CREATE INDEX "queued_mails_expires_at_index" ON "queued_mails" ("expires_at");
CREATE INDEX "xasm_scan_history_company_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "xasm_scan_history_user_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("user_id", "deleted_at", "stored_bytes");
CREATE INDEX "lightbox_scan_history_company_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "lightbox_scan_history_user_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("user_id", "deleted_at", "stored_bytes");
CREATE UNIQUE INDEX "scan_series_company_id_source_name_key" ON "scan_series" ("company_id", "source", "name");
CREATE INDEX "scan_imports_user_id_index" ON "scan_imports" ("user_id");
CREATE INDEX "scan_imports_undone_by_user_id_index" ON "scan_imports" ("undone_by_user_id");
CREATE UNIQUE INDEX "scan_imports_company_id_scan_id_key" ON "scan_imports" ("company_id", "scan_id");
CREATE INDEX "scan_imports_company_id_started_at_id_index" ON "scan_imports" ("company_id", "started_at", "id");
CREATE INDEX "scan_imports_series_id_id_index" ON "scan_imports" ("series_id", "id");
CREATE INDEX "assets_owner_user_id_index" ON "assets" ("owner_user_id");
CREATE INDEX "assets_deleted_at_index" ON "assets" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX "assets_company_id_kind_key_key" ON "assets" ("company_id", "kind", "key");
CREATE INDEX "assets_company_id_kind_status_open_findings_id_index" ON "assets" ("company_id", "kind", "status", "open_findings", "id");
CREATE INDEX "assets_company_id_name_id_index" ON "assets" ("company_id", "name", "id");
CREATE INDEX "assets_company_id_open_findings_id_index" ON "assets" ("company_id", "open_findings", "id");
CREATE INDEX "assets_parent_id_index" ON "assets" ("parent_id");
CREATE UNIQUE INDEX "asset_names_asset_id_kind_name_key" ON "asset_names" ("asset_id", "kind", "name");
CREATE INDEX "asset_names_company_id_name_index" ON "asset_names" ("company_id", "name");
CREATE UNIQUE INDEX "asset_coverage_asset_id_series_id_key" ON "asset_coverage" ("asset_id", "series_id");
CREATE INDEX "asset_coverage_series_id_covered_import_id_index" ON "asset_coverage" ("series_id", "covered_import_id");
CREATE UNIQUE INDEX "finding_rules_company_id_source_key_key" ON "finding_rules" ("company_id", "source", "key");
CREATE UNIQUE INDEX "asset_checks_asset_id_rule_id_key" ON "asset_checks" ("asset_id", "rule_id");
CREATE INDEX "asset_checks_rule_id_index" ON "asset_checks" ("rule_id");
CREATE INDEX "risk_acceptances_owner_user_id_index" ON "risk_acceptances" ("owner_user_id");
CREATE INDEX "risk_acceptances_decided_by_user_id_index" ON "risk_acceptances" ("decided_by_user_id");
CREATE INDEX "risk_acceptances_company_id_ended_at_expires_at_id_index" ON "risk_acceptances" ("company_id", "ended_at", "expires_at", "id");
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
CREATE UNIQUE INDEX "finding_locations_finding_id_series_id_locator_key_key" ON "finding_locations" ("finding_id", "series_id", "locator_key");
CREATE UNIQUE INDEX "finding_cves_finding_id_cve_key" ON "finding_cves" ("finding_id", "cve");
CREATE INDEX "finding_evidence_finding_id_id_index" ON "finding_evidence" ("finding_id", "id");
CREATE INDEX "finding_change_sets_user_id_index" ON "finding_change_sets" ("user_id");
CREATE INDEX "finding_change_sets_company_id_id_index" ON "finding_change_sets" ("company_id", "id");
CREATE INDEX "finding_change_sets_import_id_index" ON "finding_change_sets" ("import_id");
CREATE INDEX "finding_history_finding_id_id_index" ON "finding_history" ("finding_id", "id");
CREATE INDEX "finding_history_change_set_id_id_index" ON "finding_history" ("change_set_id", "id");
CREATE INDEX "finding_notes_user_id_index" ON "finding_notes" ("user_id");
CREATE INDEX "finding_notes_deleted_at_index" ON "finding_notes" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "finding_notes_finding_id_id_index" ON "finding_notes" ("finding_id", "id");
CREATE UNIQUE INDEX "surface_tags_company_id_name_key" ON "surface_tags" ("company_id", "name");
CREATE INDEX "surface_tag_links_finding_id_index" ON "surface_tag_links" ("finding_id");
CREATE INDEX "surface_tag_links_asset_id_index" ON "surface_tag_links" ("asset_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_finding_id_key" ON "surface_tag_links" ("tag_id", "finding_id");
CREATE UNIQUE INDEX "surface_tag_links_tag_id_asset_id_key" ON "surface_tag_links" ("tag_id", "asset_id");
CREATE UNIQUE INDEX "sla_policies_company_id_severity_key" ON "sla_policies" ("company_id", "severity");
CREATE UNIQUE INDEX "finding_counts_company_id_source_severity_status_exploited_key" ON "finding_counts" ("company_id", "source", "severity", "status", "exploited");
CREATE INDEX "import_changes_import_id_id_index" ON "import_changes" ("import_id", "id");
CREATE INDEX "finding_rules_company_id_open_findings_id_index" ON "finding_rules" ("company_id", "open_findings", "id");
CREATE INDEX "finding_cves_company_id_cve_finding_id_index" ON "finding_cves" ("company_id", "cve", "finding_id");
CREATE INDEX "findings_finding_kind_index" ON "findings" ("company_id", "finding_kind", "is_open", "severity", "known_exploited", "risk");
CREATE TRIGGER "audit_logs_metadata_json_search_insert" AFTER INSERT ON "audit_logs" WHEN NEW."metadata_json" IS NOT NULL BEGIN
    INSERT INTO "audit_logs_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "audit_logs_metadata_json_search_update" AFTER UPDATE OF "metadata_json", "created_at", "id" ON "audit_logs" WHEN OLD."metadata_json" IS NOT NEW."metadata_json" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."id" IS NOT NEW."id" BEGIN
    DELETE FROM "audit_logs_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
    INSERT INTO "audit_logs_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "audit_logs_metadata_json_search_delete" AFTER DELETE ON "audit_logs" WHEN OLD."metadata_json" IS NOT NULL BEGIN
    DELETE FROM "audit_logs_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
  END;
CREATE TRIGGER "security_events_metadata_json_search_insert" AFTER INSERT ON "security_events" WHEN NEW."metadata_json" IS NOT NULL BEGIN
    INSERT INTO "security_events_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "security_events_metadata_json_search_update" AFTER UPDATE OF "metadata_json", "created_at", "id" ON "security_events" WHEN OLD."metadata_json" IS NOT NEW."metadata_json" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."id" IS NOT NEW."id" BEGIN
    DELETE FROM "security_events_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
    INSERT INTO "security_events_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "security_events_metadata_json_search_delete" AFTER DELETE ON "security_events" WHEN OLD."metadata_json" IS NOT NULL BEGIN
    DELETE FROM "security_events_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
  END;
