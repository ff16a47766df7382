import type { Migration } from "./migration.ts";

/**
 * API keys may be bound to networks, count the uses from elsewhere, and name the key that takes their place. Old keys are good from
 * anywhere, as before. On the way back a key that is bound is switched off, since nothing would hold it to its networks any more.
 */
export const migration: Migration = {
  version: "0018",
  description: "Networks that API keys may be used from, and keys that replace others",
  up: {
    sqlite: `
ALTER TABLE "api_keys" ADD COLUMN "networks" TEXT CHECK (json_valid("networks"));
ALTER TABLE "api_keys" ADD COLUMN "refused_count" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "api_keys" ADD COLUMN "last_refused_at" INTEGER;
ALTER TABLE "api_keys" ADD COLUMN "last_refused_ip" TEXT CHECK (length("last_refused_ip") <= 45);
ALTER TABLE "api_keys" ADD COLUMN "replaced_by" INTEGER;
`,
    postgres: `
ALTER TABLE "api_keys" ADD COLUMN "networks" jsonb;
ALTER TABLE "api_keys" ADD COLUMN "refused_count" bigint NOT NULL DEFAULT 0;
ALTER TABLE "api_keys" ADD COLUMN "last_refused_at" timestamptz;
ALTER TABLE "api_keys" ADD COLUMN "last_refused_ip" varchar(45);
ALTER TABLE "api_keys" ADD COLUMN "replaced_by" bigint;
`,
  },
  down: {
    sqlite: `
UPDATE "api_keys" SET "is_active" = 0 WHERE "networks" IS NOT NULL;
ALTER TABLE "api_keys" DROP COLUMN "networks";
ALTER TABLE "api_keys" DROP COLUMN "refused_count";
ALTER TABLE "api_keys" DROP COLUMN "last_refused_at";
ALTER TABLE "api_keys" DROP COLUMN "last_refused_ip";
ALTER TABLE "api_keys" DROP COLUMN "replaced_by";
`,
    postgres: `
UPDATE "api_keys" SET "is_active" = false WHERE "networks" IS NOT NULL;
ALTER TABLE "api_keys" DROP COLUMN "networks";
ALTER TABLE "api_keys" DROP COLUMN "refused_count";
ALTER TABLE "api_keys" DROP COLUMN "last_refused_at";
ALTER TABLE "api_keys" DROP COLUMN "last_refused_ip";
ALTER TABLE "api_keys" DROP COLUMN "replaced_by";
`,
  },
};
