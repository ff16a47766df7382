import type { Migration } from "./migration.ts";

/** Attempts to sign in say what was shown. Of those from before nobody knows. */
export const migration: Migration = {
  version: "0015",
  description: "What was shown at a sign-in",
  up: {
    sqlite: `
ALTER TABLE "login_attempts" ADD COLUMN "factors" TEXT CHECK (json_valid("factors"));
`,
    postgres: `
ALTER TABLE "login_attempts" ADD COLUMN "factors" jsonb;
`,
  },
  down: {
    sqlite: `
ALTER TABLE "login_attempts" DROP COLUMN "factors";
`,
    postgres: `
ALTER TABLE "login_attempts" DROP COLUMN "factors";
`,
  },
};
