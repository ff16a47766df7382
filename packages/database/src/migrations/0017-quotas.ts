import type { Migration } from "./migration.ts";

/**
 * What is stored for a user and for a company is counted: by row and by the bytes of what a row holds. A company may have been
 * allowed more, or less, than others. The bytes of older rows are those of their text, as the engine writes it.
 */
export const migration: Migration = {
  version: "0017",
  description: "Quotas of what users and companies store",
  up: {
    sqlite: `
ALTER TABLE "companies" ADD COLUMN "max_stored_rows" INTEGER;
ALTER TABLE "companies" ADD COLUMN "max_stored_mib" INTEGER;
ALTER TABLE "xasm_scan_history" ADD COLUMN "stored_bytes" INTEGER;
UPDATE "xasm_scan_history" SET "stored_bytes" = octet_length(coalesce("results_json", '')) + octet_length(coalesce("summary_stats", ''));
CREATE INDEX "xasm_scan_history_company_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "xasm_scan_history_user_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("user_id", "deleted_at", "stored_bytes");
ALTER TABLE "lightbox_scan_history" ADD COLUMN "stored_bytes" INTEGER;
UPDATE "lightbox_scan_history" SET "stored_bytes" = octet_length(coalesce("results_json", '')) + octet_length(coalesce("summary_stats", ''));
CREATE INDEX "lightbox_scan_history_company_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "lightbox_scan_history_user_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("user_id", "deleted_at", "stored_bytes");
`,
    postgres: `
ALTER TABLE "companies" ADD COLUMN "max_stored_rows" bigint;
ALTER TABLE "companies" ADD COLUMN "max_stored_mib" bigint;
ALTER TABLE "xasm_scan_history" ADD COLUMN "stored_bytes" bigint;
UPDATE "xasm_scan_history" SET "stored_bytes" = octet_length(coalesce("results_json"::text, '')) + octet_length(coalesce("summary_stats"::text, ''));
CREATE INDEX "xasm_scan_history_company_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "xasm_scan_history_user_id_deleted_at_stored_bytes_index" ON "xasm_scan_history" ("user_id", "deleted_at", "stored_bytes");
ALTER TABLE "lightbox_scan_history" ADD COLUMN "stored_bytes" bigint;
UPDATE "lightbox_scan_history" SET "stored_bytes" = octet_length(coalesce("results_json"::text, '')) + octet_length(coalesce("summary_stats"::text, ''));
CREATE INDEX "lightbox_scan_history_company_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("company_id", "deleted_at", "stored_bytes");
CREATE INDEX "lightbox_scan_history_user_id_deleted_at_stored_bytes_index" ON "lightbox_scan_history" ("user_id", "deleted_at", "stored_bytes");
`,
  },
  down: {
    sqlite: `
DROP INDEX "lightbox_scan_history_company_id_deleted_at_stored_bytes_index";
DROP INDEX "lightbox_scan_history_user_id_deleted_at_stored_bytes_index";
ALTER TABLE "lightbox_scan_history" DROP COLUMN "stored_bytes";
DROP INDEX "xasm_scan_history_company_id_deleted_at_stored_bytes_index";
DROP INDEX "xasm_scan_history_user_id_deleted_at_stored_bytes_index";
ALTER TABLE "xasm_scan_history" DROP COLUMN "stored_bytes";
ALTER TABLE "companies" DROP COLUMN "max_stored_rows";
ALTER TABLE "companies" DROP COLUMN "max_stored_mib";
`,
    postgres: `
DROP INDEX "lightbox_scan_history_company_id_deleted_at_stored_bytes_index";
DROP INDEX "lightbox_scan_history_user_id_deleted_at_stored_bytes_index";
ALTER TABLE "lightbox_scan_history" DROP COLUMN "stored_bytes";
DROP INDEX "xasm_scan_history_company_id_deleted_at_stored_bytes_index";
DROP INDEX "xasm_scan_history_user_id_deleted_at_stored_bytes_index";
ALTER TABLE "xasm_scan_history" DROP COLUMN "stored_bytes";
ALTER TABLE "companies" DROP COLUMN "max_stored_rows";
ALTER TABLE "companies" DROP COLUMN "max_stored_mib";
`,
  },
};
