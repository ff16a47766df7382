import type { Migration } from "./migration.ts";

/**
 * An account remembers the highest role that suspended it, so that nobody lower takes that back. Suspensions that there are count as a
 * super administrator's where the audit log names one, or the program itself, which has no user and no address; else as an
 * administrator's, whose daily work they are: as a super administrator's each would be out of the reach of those who made it.
 */
export const migration: Migration = {
  version: "0023",
  description: "Who suspended an account",
  up: {
    sqlite: `
ALTER TABLE "users" ADD COLUMN "suspended_by" TEXT CHECK ("suspended_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'));
UPDATE "users" SET "suspended_by" = coalesce((
  SELECT CASE WHEN actor."role" = 'super_admin' OR (a."user_id" IS NULL AND a."ip_address" IS NULL) THEN 'super_admin' END
  FROM "audit_logs" a LEFT JOIN "users" actor ON actor."id" = a."user_id"
  WHERE a."resource_type" = 'users' AND a."resource_id" = "users"."id" AND a."action" = 'user_suspended'
  ORDER BY a."id" DESC LIMIT 1
), 'admin') WHERE "status" = 'suspended';
`,
    postgres: `
ALTER TABLE "users" ADD COLUMN "suspended_by" text CHECK ("suspended_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'));
UPDATE "users" SET "suspended_by" = coalesce((
  SELECT CASE WHEN actor."role" = 'super_admin' OR (a."user_id" IS NULL AND a."ip_address" IS NULL) THEN 'super_admin' END
  FROM "audit_logs" a LEFT JOIN "users" actor ON actor."id" = a."user_id"
  WHERE a."resource_type" = 'users' AND a."resource_id" = "users"."id" AND a."action" = 'user_suspended'
  ORDER BY a."id" DESC LIMIT 1
), 'admin') WHERE "status" = 'suspended';
`,
  },
  down: {
    sqlite: `
ALTER TABLE "users" DROP COLUMN "suspended_by";
`,
    postgres: `
ALTER TABLE "users" DROP COLUMN "suspended_by";
`,
  },
};
