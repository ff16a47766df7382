import type { Migration } from "./migration.ts";

const down = `
DROP TABLE "rate_limits";
DROP TABLE "maintenance_jobs";
`;

/** Tables of upkeep: its jobs, and the limits that server processes share. */
export const migration: Migration = {
  version: "0010",
  description: "Tables for maintenance jobs and shared rate limits",
  up: {
    sqlite: `
CREATE TABLE "maintenance_jobs" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "due_at" INTEGER NOT NULL,
  "holder" TEXT CHECK (length("holder") <= 200),
  "lease_expires_at" INTEGER,
  "started_at" INTEGER,
  "finished_at" INTEGER,
  "succeeded_at" INTEGER,
  "duration_ms" INTEGER,
  "outcome" TEXT CHECK ("outcome" IN ('done', 'failed', 'skipped')),
  "result" TEXT CHECK (json_valid("result")),
  "error" TEXT CHECK (json_valid("error")),
  "failures" INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE "rate_limits" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "hits" INTEGER NOT NULL,
  "expires_at" INTEGER NOT NULL
) STRICT;
`,
    postgres: `
CREATE TABLE "maintenance_jobs" (
  "id" text PRIMARY KEY,
  "due_at" timestamptz NOT NULL,
  "holder" varchar(200),
  "lease_expires_at" timestamptz,
  "started_at" timestamptz,
  "finished_at" timestamptz,
  "succeeded_at" timestamptz,
  "duration_ms" bigint,
  "outcome" text CHECK ("outcome" IN ('done', 'failed', 'skipped')),
  "result" jsonb,
  "error" jsonb,
  "failures" bigint NOT NULL DEFAULT 0
);
CREATE UNLOGGED TABLE "rate_limits" (
  "id" text PRIMARY KEY,
  "hits" bigint NOT NULL,
  "expires_at" timestamptz NOT NULL
);
`,
  },
  down: { sqlite: down, postgres: down },
};
