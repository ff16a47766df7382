import type { Migration } from "./migration.ts";

/** Quotas cost the same however much is stored: saves are judged by an upper bound. None is known at first, and the next save counts. */
export const migration: Migration = {
  version: "0021",
  description: "Bounds of what users and companies store",
  up: {
    sqlite: `
CREATE TABLE "quota_bounds" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "live_rows" INTEGER,
  "live_bytes" INTEGER,
  "deleted_rows" INTEGER,
  "deleted_bytes" INTEGER
) STRICT;
`,
    postgres: `
CREATE UNLOGGED TABLE "quota_bounds" (
  "id" text PRIMARY KEY,
  "live_rows" bigint,
  "live_bytes" bigint,
  "deleted_rows" bigint,
  "deleted_bytes" bigint
);
`,
  },
  down: {
    sqlite: `
DROP TABLE "quota_bounds";
`,
    postgres: `
DROP TABLE "quota_bounds";
`,
  },
};
