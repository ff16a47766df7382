import type { Migration } from "./migration.ts";

/**
 * A finding says itself what it is about: as its rule, unless one rule tells of two things. What is open of a kind, and how bad it is, can
 * so be read from one index.
 */
export const migration: Migration = {
  version: "0025",
  description: "What findings are about",
  up: {
    sqlite: `
ALTER TABLE "findings" ADD COLUMN "finding_kind" TEXT NOT NULL DEFAULT 'unclassified' CHECK (length("finding_kind") <= 50);
UPDATE "findings" SET "finding_kind" = coalesce((
  SELECT r."finding_kind" FROM "finding_rules" r WHERE r."id" = "findings"."rule_id"
), 'unclassified');
CREATE INDEX "findings_finding_kind_index" ON "findings" ("company_id", "finding_kind", "is_open", "severity", "known_exploited", "risk");
`,
    postgres: `
ALTER TABLE "findings" ADD COLUMN "finding_kind" varchar(50) NOT NULL DEFAULT 'unclassified';
UPDATE "findings" SET "finding_kind" = coalesce((
  SELECT r."finding_kind" FROM "finding_rules" r WHERE r."id" = "findings"."rule_id"
), 'unclassified');
CREATE INDEX "findings_finding_kind_index" ON "findings" ("company_id", "finding_kind", "is_open", "severity", "known_exploited", "risk");
`,
  },
  down: {
    sqlite: `
DROP INDEX "findings_finding_kind_index";
ALTER TABLE "findings" DROP COLUMN "finding_kind";
`,
    postgres: `
DROP INDEX "findings_finding_kind_index";
ALTER TABLE "findings" DROP COLUMN "finding_kind";
`,
  },
};
