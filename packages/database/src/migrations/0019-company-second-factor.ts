import type { Migration } from "./migration.ts";

/**
 * A company can demand a second factor of its users, and says since when and with how many days of grace. Those begin anew for who
 * is moved there. Whoever is in a company already counts as there since the account was made.
 */
export const migration: Migration = {
  version: "0019",
  description: "A second factor demanded by a company",
  up: {
    sqlite: `
ALTER TABLE "companies" ADD COLUMN "two_factor_demanded_at" INTEGER;
ALTER TABLE "companies" ADD COLUMN "two_factor_grace_days" INTEGER;
ALTER TABLE "users" ADD COLUMN "company_since" INTEGER;
`,
    postgres: `
ALTER TABLE "companies" ADD COLUMN "two_factor_demanded_at" timestamptz;
ALTER TABLE "companies" ADD COLUMN "two_factor_grace_days" bigint;
ALTER TABLE "users" ADD COLUMN "company_since" timestamptz;
`,
  },
  down: {
    sqlite: `
ALTER TABLE "users" DROP COLUMN "company_since";
ALTER TABLE "companies" DROP COLUMN "two_factor_demanded_at";
ALTER TABLE "companies" DROP COLUMN "two_factor_grace_days";
`,
    postgres: `
ALTER TABLE "users" DROP COLUMN "company_since";
ALTER TABLE "companies" DROP COLUMN "two_factor_demanded_at";
ALTER TABLE "companies" DROP COLUMN "two_factor_grace_days";
`,
  },
};
