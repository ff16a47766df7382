import type { Migration } from "./migration.ts";

/**
 * The rules with the most open findings come from an index, as the assets do, and findings are looked up by a CVE among those of their
 * company alone: what other companies have of it costs nothing.
 */
export const migration: Migration = {
  version: "0024",
  description: "Rules by open findings, CVEs by company",
  up: {
    sqlite: `
CREATE INDEX "finding_rules_company_id_open_findings_id_index" ON "finding_rules" ("company_id", "open_findings", "id");
DROP INDEX "finding_cves_cve_finding_id_index";
CREATE INDEX "finding_cves_company_id_cve_finding_id_index" ON "finding_cves" ("company_id", "cve", "finding_id");
`,
    postgres: `
CREATE INDEX "finding_rules_company_id_open_findings_id_index" ON "finding_rules" ("company_id", "open_findings", "id");
DROP INDEX "finding_cves_cve_finding_id_index";
CREATE INDEX "finding_cves_company_id_cve_finding_id_index" ON "finding_cves" ("company_id", "cve", "finding_id");
`,
  },
  down: {
    sqlite: `
DROP INDEX "finding_cves_company_id_cve_finding_id_index";
CREATE INDEX "finding_cves_cve_finding_id_index" ON "finding_cves" ("cve", "finding_id");
DROP INDEX "finding_rules_company_id_open_findings_id_index";
`,
    postgres: `
DROP INDEX "finding_cves_company_id_cve_finding_id_index";
CREATE INDEX "finding_cves_cve_finding_id_index" ON "finding_cves" ("cve", "finding_id");
DROP INDEX "finding_rules_company_id_open_findings_id_index";
`,
  },
};
