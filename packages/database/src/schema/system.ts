import { datetime, id, integer, json, type JsonValue, string, table, text } from "./kit/index.ts";

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

/** Exists only while a copy into the database is under way. */
export const copyProgress = table(
  "copy_progress",
  { module: "system", description: "How far a copy from another database has come, so that it can be resumed." },
  {
    id: id(),
    /** Which database the rows come from. */
    source: text().notNull(),
    /** The tables that have arrived, and what has to be made again at the end. */
    state: json<JsonValue>().notNull(),
    startedAt: datetime().notNull(),
  },
);
