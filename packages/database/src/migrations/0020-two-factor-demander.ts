import type { Migration } from "./migration.ts";

/**
 * A company remembers the highest role that demands its second factor, so that nobody lower takes that back. Who made the demands that
 * there are is not known for certain: they count as a super administrator's.
 */
export const migration: Migration = {
  version: "0020",
  description: "Who demanded a company's second factor",
  up: {
    sqlite: `
ALTER TABLE "companies" ADD COLUMN "two_factor_demanded_by" TEXT CHECK ("two_factor_demanded_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'));
UPDATE "companies" SET "two_factor_demanded_by" = 'super_admin' WHERE "two_factor_demanded_at" IS NOT NULL;
`,
    postgres: `
ALTER TABLE "companies" ADD COLUMN "two_factor_demanded_by" text CHECK ("two_factor_demanded_by" IN ('super_admin', 'admin', 'analyst', 'user', 'company_user', 'demo'));
UPDATE "companies" SET "two_factor_demanded_by" = 'super_admin' WHERE "two_factor_demanded_at" IS NOT NULL;
`,
  },
  down: {
    sqlite: `
ALTER TABLE "companies" DROP COLUMN "two_factor_demanded_by";
`,
    postgres: `
ALTER TABLE "companies" DROP COLUMN "two_factor_demanded_by";
`,
  },
};
