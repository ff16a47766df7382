import type { Migration } from "./migration.ts";

/**
 * A finding says itself what it is about: as its rule, unless one rule tells of two things. What is open of a kind, and how bad it is, can
 * so be read from one index, and the rules of a kind are looked for no more.
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
DROP INDEX "finding_rules_company_id_finding_kind_id_index";
`,
    postgres: `
ALTER TABLE "findings" ADD COLUMN "finding_kind" varchar(50) NOT NULL DEFAULT 'unclassified';
UPDATE "findings" SET "finding_kind" = coalesce((
  SELECT r."finding_kind" FROM "finding_rules" r WHERE r."id" = "findings"."rule_id"
), 'unclassified');
CREATE INDEX "findings_finding_kind_index" ON "findings" ("company_id", "finding_kind", "is_open", "severity", "known_exploited", "risk");
DROP INDEX "finding_rules_company_id_finding_kind_id_index";
`,
  },
  down: {
    sqlite: `
CREATE INDEX "finding_rules_company_id_finding_kind_id_index" ON "finding_rules" ("company_id", "finding_kind", "id");
DROP INDEX "findings_finding_kind_index";
ALTER TABLE "findings" DROP COLUMN "finding_kind";
`,
    postgres: `
CREATE INDEX "finding_rules_company_id_finding_kind_id_index" ON "finding_rules" ("company_id", "finding_kind", "id");
DROP INDEX "findings_finding_kind_index";
ALTER TABLE "findings" DROP COLUMN "finding_kind";
`,
  },
};
