import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "login_attempts";
DROP TABLE "password_history";
DROP TABLE "audit_logs";
DROP TABLE "sessions";
DROP TABLE "users";
DROP TABLE "companies";
`;

/** Tables of the module core: accounts, sessions, audit and sign-in attempts. */
export const migration: Migration = {
  version: "0001",
  description: "Tables for accounts, sessions, audit and sign-in attempts",
  up: {
    sqlite: `
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
) STRICT;
CREATE UNIQUE INDEX "companies_primary_domain_key" ON "companies" (lower("primary_domain"));
CREATE INDEX "companies_deleted_at_index" ON "companies" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
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
) STRICT;
CREATE UNIQUE INDEX "users_email_key" ON "users" (lower("email"));
CREATE UNIQUE INDEX "users_username_key" ON "users" ("username");
CREATE INDEX "users_role_index" ON "users" ("role") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_company_id_index" ON "users" ("company_id");
CREATE INDEX "users_status_index" ON "users" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_email_verification_token_index" ON "users" ("email_verification_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_password_reset_token_index" ON "users" ("password_reset_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_deleted_at_index" ON "users" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "users_expires_at_index" ON "users" ("expires_at");
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
) STRICT;
CREATE INDEX "sessions_user_id_index" ON "sessions" ("user_id");
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions" ("token");
CREATE UNIQUE INDEX "sessions_refresh_token_key" ON "sessions" ("refresh_token");
CREATE UNIQUE INDEX "sessions_refresh_family_key" ON "sessions" ("refresh_family");
CREATE INDEX "sessions_expires_at_index" ON "sessions" ("expires_at");
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
) STRICT;
CREATE INDEX "audit_logs_user_id_index" ON "audit_logs" ("user_id");
CREATE INDEX "audit_logs_action_index" ON "audit_logs" ("action");
CREATE INDEX "audit_logs_created_at_id_index" ON "audit_logs" ("created_at", "id");
CREATE INDEX "audit_logs_resource_type_resource_id_index" ON "audit_logs" ("resource_type", "resource_id");
CREATE TABLE "password_history" (
  "id" INTEGER PRIMARY KEY,
  "user_id" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "password_hash" TEXT NOT NULL CHECK (length("password_hash") <= 255),
  "created_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "password_history_user_id_created_at_index" ON "password_history" ("user_id", "created_at");
CREATE TABLE "login_attempts" (
  "id" INTEGER PRIMARY KEY,
  "email" TEXT NOT NULL CHECK (length("email") <= 255),
  "user_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
  "ip_address" TEXT NOT NULL CHECK (length("ip_address") <= 45),
  "user_agent" TEXT,
  "success" INTEGER NOT NULL CHECK ("success" IN (0, 1)),
  "failure_reason" TEXT CHECK (length("failure_reason") <= 100),
  "attempted_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX "login_attempts_email_attempted_at_id_index" ON "login_attempts" ("email", "attempted_at", "id");
CREATE INDEX "login_attempts_ip_address_attempted_at_id_index" ON "login_attempts" ("ip_address", "attempted_at", "id");
CREATE INDEX "login_attempts_user_id_attempted_at_id_index" ON "login_attempts" ("user_id", "attempted_at", "id");
CREATE INDEX "login_attempts_attempted_at_id_index" ON "login_attempts" ("attempted_at", "id");
`,
    postgres: `
CREATE TABLE "companies" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "name" varchar(255) NOT NULL,
  "primary_domain" varchar(255) NOT NULL,
  "additional_domains" jsonb,
  "max_seats" bigint NOT NULL DEFAULT 1,
  "max_domains" bigint NOT NULL DEFAULT 1,
  "subscription_tier" varchar(20) NOT NULL DEFAULT 'basic',
  "stripe_customer_id" varchar(255),
  "billing_email" varchar(255),
  "subscription_status" varchar(20),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "companies_primary_domain_key" ON "companies" (lower("primary_domain"));
CREATE INDEX "companies_deleted_at_index" ON "companies" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "users" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "email" varchar(255) NOT NULL,
  "username" varchar(100),
  "password_hash" varchar(255) NOT NULL,
  "full_name" varchar(255),
  "role" text NOT NULL CHECK ("role" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo')),
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE SET NULL,
  "status" text NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'locked', 'suspended', 'pending_verification')),
  "email_verified" boolean NOT NULL DEFAULT false,
  "email_verification_token" varchar(255),
  "email_verified_at" timestamptz,
  "2fa_enabled" boolean NOT NULL DEFAULT false,
  "2fa_secret" varchar(255),
  "2fa_backup_codes" jsonb,
  "failed_login_attempts" bigint NOT NULL DEFAULT 0,
  "locked_until" timestamptz,
  "password_reset_token" varchar(255),
  "password_reset_expires" timestamptz,
  "last_password_change" timestamptz,
  "must_change_password" boolean NOT NULL DEFAULT false,
  "phone_number" varchar(20),
  "timezone" varchar(50) DEFAULT 'UTC',
  "language" varchar(10) DEFAULT 'en',
  "subscription_tier" varchar(20),
  "subscription_status" varchar(20),
  "stripe_customer_id" varchar(255),
  "stripe_subscription_id" varchar(255),
  "expires_at" timestamptz,
  "email_notifications" boolean NOT NULL DEFAULT true,
  "security_alerts" boolean NOT NULL DEFAULT true,
  "marketing_emails" boolean NOT NULL DEFAULT false,
  "theme" varchar(10) DEFAULT 'dark',
  "last_login_at" timestamptz,
  "last_login_ip" varchar(45),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true,
  "two_factor_last_step" bigint,
  "email_verification_expires" timestamptz
);
CREATE UNIQUE INDEX "users_email_key" ON "users" (lower("email"));
CREATE UNIQUE INDEX "users_username_key" ON "users" ("username");
CREATE INDEX "users_role_index" ON "users" ("role") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_company_id_index" ON "users" ("company_id");
CREATE INDEX "users_status_index" ON "users" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_email_verification_token_index" ON "users" ("email_verification_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_password_reset_token_index" ON "users" ("password_reset_token") WHERE "deleted_at" IS NULL;
CREATE INDEX "users_deleted_at_index" ON "users" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "users_expires_at_index" ON "users" ("expires_at");
CREATE TABLE "sessions" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "token" varchar(255) NOT NULL,
  "refresh_token" varchar(255),
  "ip_address" varchar(45) NOT NULL,
  "user_agent" text,
  "device_type" varchar(20),
  "device_name" varchar(255),
  "location" varchar(255),
  "created_at" timestamptz NOT NULL,
  "last_activity" timestamptz NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "is_active" boolean NOT NULL DEFAULT true,
  "revoked_at" timestamptz,
  "refresh_family" varchar(255),
  "authenticated_at" timestamptz
);
CREATE INDEX "sessions_user_id_index" ON "sessions" ("user_id");
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions" ("token");
CREATE UNIQUE INDEX "sessions_refresh_token_key" ON "sessions" ("refresh_token");
CREATE UNIQUE INDEX "sessions_refresh_family_key" ON "sessions" ("refresh_family");
CREATE INDEX "sessions_expires_at_index" ON "sessions" ("expires_at");
CREATE TABLE "audit_logs" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "action" varchar(100) NOT NULL,
  "resource_type" varchar(50),
  "resource_id" bigint,
  "description" text,
  "metadata_json" jsonb,
  "ip_address" varchar(45),
  "user_agent" text,
  "success" boolean NOT NULL DEFAULT true,
  "error_message" text,
  "created_at" timestamptz NOT NULL
);
CREATE INDEX "audit_logs_user_id_index" ON "audit_logs" ("user_id");
CREATE INDEX "audit_logs_action_index" ON "audit_logs" ("action");
CREATE INDEX "audit_logs_created_at_id_index" ON "audit_logs" ("created_at", "id");
CREATE INDEX "audit_logs_resource_type_resource_id_index" ON "audit_logs" ("resource_type", "resource_id");
CREATE TABLE "password_history" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "password_hash" varchar(255) NOT NULL,
  "created_at" timestamptz NOT NULL
);
CREATE INDEX "password_history_user_id_created_at_index" ON "password_history" ("user_id", "created_at");
CREATE TABLE "login_attempts" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "email" varchar(255) NOT NULL,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "ip_address" varchar(45) NOT NULL,
  "user_agent" text,
  "success" boolean NOT NULL,
  "failure_reason" varchar(100),
  "attempted_at" timestamptz NOT NULL
);
CREATE INDEX "login_attempts_email_attempted_at_id_index" ON "login_attempts" ("email", "attempted_at", "id");
CREATE INDEX "login_attempts_ip_address_attempted_at_id_index" ON "login_attempts" ("ip_address", "attempted_at", "id");
CREATE INDEX "login_attempts_user_id_attempted_at_id_index" ON "login_attempts" ("user_id", "attempted_at", "id");
CREATE INDEX "login_attempts_attempted_at_id_index" ON "login_attempts" ("attempted_at", "id");
`,
  },
  down: { sqlite: down, postgres: down },
};
