import { statement, fetchFirst } from "../database/statement.ts";
import type { Handle } from "../database/handle.ts";
import { schemaMigrations } from "../schema/system.ts";

/** A migration as the database remembers it. */
export interface AppliedMigration {
  version: string;
  description: string;
  /** SHA-256 of the text that was run, in hexadecimal. */
  digest: string;
  appliedAt: Date;
  durationMs: number;
}

const selectApplied = statement((sql) =>
  sql
    .selectFrom("schema_migrations")
    .select(["version", "description", "digest", "applied_at", "duration_ms"])
    .orderBy("id"),
);

/** Whether the database has a table of this name. */
export async function tableExists(db: Handle, name: string): Promise<boolean> {
  const rows = await db.executor.all(db.connection.dialect.tableExists, [name]);
  return rows.length > 0;
}

/**
 * Lists the migrations that were applied, oldest first; none on a database that was never migrated.
 *
 * @param db the database, or an open transaction
 * @returns version, description, digest, time and duration of each
 * @example
 * const applied = await getAppliedMigrations(db);
 * console.log(applied.length);
 */
export async function getAppliedMigrations(db: Handle): Promise<AppliedMigration[]> {
  return (await tableExists(db, schemaMigrations.name)) ? selectApplied.all(db, {}) : [];
}

/**
 * Reads the schema's version: the highest numbered migration that was applied.
 *
 * @param db the database, or an open transaction
 * @returns four digits; null on a database that was never migrated
 * @example
 * const version = await getSchemaVersion(db);
 */
export async function getSchemaVersion(db: Handle): Promise<string | null> {
  const numbered = (await getAppliedMigrations(db)).map(({ version }) => version).filter(isNumbered);
  return numbered.toSorted().at(-1) ?? null;
}

/** Whether a version is one of the package's own, rather than one that a user applied. */
export function isNumbered(version: string): boolean {
  return /^\d{4}$/.test(version);
}

interface MigrationRecord extends AppliedMigration {
  downScript: string | null;
}

const insertRecord = statement((sql, record: MigrationRecord) =>
  sql.insertInto("schema_migrations").values({
    version: record.version,
    description: record.description,
    digest: record.digest,
    down_script: record.downScript,
    applied_at: record.appliedAt,
    duration_ms: record.durationMs,
  }),
);

/** Records that a migration was applied; in the transaction of the migration itself. */
export async function recordMigration(db: Handle, record: MigrationRecord): Promise<void> {
  await insertRecord.run(db, record);
}

const deleteRecord = statement((sql, { version }: { version: string }) =>
  sql.deleteFrom("schema_migrations").where("version", "=", version),
);

/** Forgets that a migration was applied; in the transaction that undoes it. */
export async function forgetMigration(db: Handle, version: string): Promise<void> {
  await deleteRecord.run(db, { version });
}

/** Reads the text that undoes a migration; undefined when it was never applied, null when it has none. */
export async function findDownScript(db: Handle, version: string): Promise<string | null | undefined> {
  if (!(await tableExists(db, schemaMigrations.name))) return undefined;
  const query = db.sql.selectFrom("schema_migrations").select("down_script").where("version", "=", version);
  return (await fetchFirst(db, query))?.downScript;
}
