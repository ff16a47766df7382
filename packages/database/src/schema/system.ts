import { datetime, id, integer, string, table, text } from "./kit/index.ts";

export const schemaMigrations = table(
  "schema_migrations",
  { module: "system", description: "A migration that was applied, with what is needed to check and to undo it." },
  {
    id: id(),
    version: string(100).notNull().unique(),
    description: string(255).notNull(),
    /** SHA-256 of the text that was run. */
    digest: string(64).notNull(),
    /** Text that undoes it, where there is one. */
    downScript: text(),
    appliedAt: datetime().notNull(),
    durationMs: integer().notNull(),
  },
);
