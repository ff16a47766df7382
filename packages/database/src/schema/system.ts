import { datetime, id, integer, json, type JsonValue, oneOf, string, table, text, textId } from "./kit/index.ts";

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

/** How a run of a job ends. */
export const jobOutcomes = ["done", "failed", "skipped"] as const;

export const maintenanceJobs = table(
  "maintenance_jobs",
  { module: "system", description: "A job of the upkeep: when it is due, who runs it, and how its last run ended." },
  {
    /** The job's name. */
    id: textId(),
    /** From when on a schedule runs it. */
    dueAt: datetime().notNull(),
    /** The process that runs it now. */
    holder: string(200),
    /** When the holder counts as dead unless it renews the lease. */
    leaseExpiresAt: datetime(),
    startedAt: datetime(),
    finishedAt: datetime(),
    succeededAt: datetime(),
    durationMs: integer(),
    outcome: oneOf(jobOutcomes),
    /** What the last run did, in numbers. */
    result: json<JsonValue>(),
    /** Code and message of the last failure. */
    error: json<JsonValue>(),
    /** How often it has failed. */
    failures: integer().notNull().default(0),
  },
);

export const rateLimits = table(
  "rate_limits",
  {
    module: "system",
    description: "How often somebody has asked for something within a window, counted by all server processes.",
    unlogged: true,
  },
  {
    /** SHA-256 of what is limited and whose it is. */
    id: textId(),
    hits: integer().notNull(),
    /** When the window ends, and the count with it. */
    expiresAt: datetime().notNull(),
  },
);

export const quotaBounds = table(
  "quota_bounds",
  {
    module: "system",
    description:
      "What a company or a user stores at most, so that a save need not count it. Null where nobody knows: the next save counts.",
    unlogged: true,
  },
  {
    /** Whose: `company 5`, `user 7`. */
    id: textId(),
    /** At the last count, and what was saved since; what was deleted since is not taken off. */
    liveRows: integer(),
    liveBytes: integer(),
    /** What was deleted, and not purged yet, at the last count. */
    deletedRows: integer(),
    deletedBytes: integer(),
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
