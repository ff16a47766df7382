import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "roadmap_task_library_meta";
DROP TABLE "roadmap_progress_history";
DROP TABLE "roadmap_achievements";
DROP TABLE "roadmap_user_tasks";
DROP TABLE "roadmap_tasks";
DROP TABLE "roadmap_profiles";
`;

/** Tables of the module roadmap: security roadmap. */
export const migration: Migration = {
  version: "0007",
  description: "Tables for security roadmap",
  up: {
    sqlite: `
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
CREATE INDEX "roadmap_profiles_user_id_index" ON "roadmap_profiles" ("user_id");
CREATE INDEX "roadmap_profiles_company_id_index" ON "roadmap_profiles" ("company_id");
CREATE INDEX "roadmap_profiles_industry_index" ON "roadmap_profiles" ("industry") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_profiles_deleted_at_index" ON "roadmap_profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
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
CREATE UNIQUE INDEX "roadmap_tasks_task_id_key" ON "roadmap_tasks" ("task_id");
CREATE INDEX "roadmap_tasks_task_category_index" ON "roadmap_tasks" ("task_category");
CREATE INDEX "roadmap_tasks_risk_level_index" ON "roadmap_tasks" ("risk_level");
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
CREATE INDEX "roadmap_user_tasks_profile_id_index" ON "roadmap_user_tasks" ("profile_id");
CREATE INDEX "roadmap_user_tasks_task_id_index" ON "roadmap_user_tasks" ("task_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_status_index" ON "roadmap_user_tasks" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_phase_index" ON "roadmap_user_tasks" ("phase") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_source_index" ON "roadmap_user_tasks" ("source") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_assigned_to_user_id_index" ON "roadmap_user_tasks" ("assigned_to_user_id");
CREATE INDEX "roadmap_user_tasks_deleted_at_index" ON "roadmap_user_tasks" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
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
CREATE INDEX "roadmap_achievements_profile_id_index" ON "roadmap_achievements" ("profile_id");
CREATE INDEX "roadmap_achievements_user_id_index" ON "roadmap_achievements" ("user_id");
CREATE INDEX "roadmap_achievements_achievement_id_index" ON "roadmap_achievements" ("achievement_id");
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
CREATE INDEX "roadmap_progress_history_profile_id_index" ON "roadmap_progress_history" ("profile_id");
CREATE INDEX "roadmap_progress_history_snapshot_date_index" ON "roadmap_progress_history" ("snapshot_date");
CREATE TABLE "roadmap_task_library_meta" (
  "id" INTEGER PRIMARY KEY,
  "library_version" TEXT NOT NULL CHECK (length("library_version") <= 20),
  "total_tasks" INTEGER,
  "changelog" TEXT,
  "last_updated" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL
) STRICT;
`,
    postgres: `
CREATE TABLE "roadmap_profiles" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "company_id" bigint REFERENCES "companies" ("id") ON DELETE SET NULL,
  "company_name" varchar(255) NOT NULL,
  "company_size" varchar(50),
  "industry" varchar(100),
  "employee_count" bigint,
  "current_security_score" bigint DEFAULT 0,
  "target_security_score" bigint DEFAULT 75,
  "handles_pii" boolean DEFAULT false,
  "handles_payment_data" boolean DEFAULT false,
  "handles_health_data" boolean DEFAULT false,
  "handles_financial_data" boolean DEFAULT false,
  "current_measures" jsonb,
  "compliance_requirements" jsonb,
  "assessment_responses" jsonb,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "last_recalculated" timestamptz,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "roadmap_profiles_user_id_index" ON "roadmap_profiles" ("user_id");
CREATE INDEX "roadmap_profiles_company_id_index" ON "roadmap_profiles" ("company_id");
CREATE INDEX "roadmap_profiles_industry_index" ON "roadmap_profiles" ("industry") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_profiles_deleted_at_index" ON "roadmap_profiles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "roadmap_tasks" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "task_id" varchar(100) NOT NULL,
  "task_name" varchar(255) NOT NULL,
  "task_category" varchar(50),
  "description" text,
  "why_it_matters" text,
  "how_to_fix" text,
  "estimated_time_minutes" bigint,
  "estimated_cost_min" double precision,
  "estimated_cost_max" double precision,
  "difficulty_level" varchar(20),
  "security_score_impact" bigint,
  "risk_level" varchar(20),
  "applies_to_industries" jsonb,
  "applies_to_sizes" jsonb,
  "requires_compliance" jsonb,
  "documentation_url" text,
  "video_tutorial_url" text,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "roadmap_tasks_task_id_key" ON "roadmap_tasks" ("task_id");
CREATE INDEX "roadmap_tasks_task_category_index" ON "roadmap_tasks" ("task_category");
CREATE INDEX "roadmap_tasks_risk_level_index" ON "roadmap_tasks" ("risk_level");
CREATE TABLE "roadmap_user_tasks" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" bigint NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "task_id" varchar(100) NOT NULL,
  "status" varchar(20) NOT NULL DEFAULT 'not_started',
  "phase" bigint DEFAULT 1,
  "priority_order" bigint,
  "source" varchar(50),
  "source_reference_id" bigint,
  "source_details" jsonb,
  "finding_type" varchar(100),
  "finding_severity" varchar(20),
  "scan_domain" varchar(255),
  "scan_date" timestamptz,
  "matched_threat_actor" varchar(255),
  "threat_actor_ttp" jsonb,
  "assigned_to_user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "started_at" timestamptz,
  "completed_at" timestamptz,
  "verified_at" timestamptz,
  "last_reminded" timestamptz,
  "user_notes" text,
  "admin_notes" text,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "is_active" boolean NOT NULL DEFAULT true
);
CREATE INDEX "roadmap_user_tasks_profile_id_index" ON "roadmap_user_tasks" ("profile_id");
CREATE INDEX "roadmap_user_tasks_task_id_index" ON "roadmap_user_tasks" ("task_id") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_status_index" ON "roadmap_user_tasks" ("status") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_phase_index" ON "roadmap_user_tasks" ("phase") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_source_index" ON "roadmap_user_tasks" ("source") WHERE "deleted_at" IS NULL;
CREATE INDEX "roadmap_user_tasks_assigned_to_user_id_index" ON "roadmap_user_tasks" ("assigned_to_user_id");
CREATE INDEX "roadmap_user_tasks_deleted_at_index" ON "roadmap_user_tasks" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE TABLE "roadmap_achievements" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" bigint NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "user_id" bigint REFERENCES "users" ("id") ON DELETE SET NULL,
  "achievement_id" varchar(100) NOT NULL,
  "achievement_name" varchar(255) NOT NULL,
  "achievement_description" text,
  "achievement_icon" varchar(50),
  "requirement_type" varchar(50),
  "requirement_value" bigint,
  "unlocked_at" timestamptz NOT NULL,
  "is_claimed" boolean DEFAULT false,
  "claimed_at" timestamptz,
  "rewards" jsonb,
  "created_at" timestamptz NOT NULL
);
CREATE INDEX "roadmap_achievements_profile_id_index" ON "roadmap_achievements" ("profile_id");
CREATE INDEX "roadmap_achievements_user_id_index" ON "roadmap_achievements" ("user_id");
CREATE INDEX "roadmap_achievements_achievement_id_index" ON "roadmap_achievements" ("achievement_id");
CREATE TABLE "roadmap_progress_history" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "profile_id" bigint NOT NULL REFERENCES "roadmap_profiles" ("id") ON DELETE CASCADE,
  "security_score" bigint,
  "tasks_completed" bigint,
  "tasks_total" bigint,
  "phase1_completed" bigint DEFAULT 0,
  "phase2_completed" bigint DEFAULT 0,
  "phase3_completed" bigint DEFAULT 0,
  "phase4_completed" bigint DEFAULT 0,
  "snapshot_date" timestamptz NOT NULL,
  "snapshot_reason" varchar(50)
);
CREATE INDEX "roadmap_progress_history_profile_id_index" ON "roadmap_progress_history" ("profile_id");
CREATE INDEX "roadmap_progress_history_snapshot_date_index" ON "roadmap_progress_history" ("snapshot_date");
CREATE TABLE "roadmap_task_library_meta" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "library_version" varchar(20) NOT NULL,
  "total_tasks" bigint,
  "changelog" text,
  "last_updated" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL
);
`,
  },
  down: { sqlite: down, postgres: down },
};
