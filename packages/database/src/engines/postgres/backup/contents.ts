import type { Contents } from "../../port/backup.ts";
import { quoteName } from "../../shared/ddl.ts";
import { isOfExtension } from "../schema/of-extension.ts";
import type { BackupConnection } from "./backup-connection.ts";
import { type Beside, readBeside } from "./left-out.ts";

/** Major version of the server. */
export async function serverVersion(connection: BackupConnection): Promise<number> {
  const [row] = await connection.rows<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  return row?.version ?? 0;
}

/** The schema that the connection works in; null where its search path leads to none. */
export async function schemaOf(connection: BackupConnection): Promise<string | null> {
  const [row] = await connection.rows<{ schema: string | null }>("SELECT current_schema()::text AS schema");
  return row?.schema ?? null;
}

interface Table {
  name: string;
  hasId: boolean;
}

/** Tables of the schema that the connection works in. */
export function tablesOf(connection: BackupConnection): Promise<Table[]> {
  return connection.rows<Table>(`
    SELECT c.relname AS name, EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)
    ) AS "hasId"
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND NOT ${isOfExtension("pg_class", "c.oid")} ORDER BY 1`);
}

async function schemaVersionOf(connection: BackupConnection, tables: readonly Table[]): Promise<string | null> {
  if (!tables.some(({ name }) => name === "schema_migrations")) return null;
  const [row] = await connection.rows<{ version: string | null }>(
    "SELECT max(version) AS version FROM schema_migrations WHERE version ~ '^\\d{4}$'",
  );
  return row?.version ?? null;
}

/**
 * Reads what a database holds.
 * @param beside what is not copied, where that is known already
 */
export async function readContents(connection: BackupConnection, beside?: Beside): Promise<Contents> {
  const { relations, others } = beside ?? (await readBeside(connection.select));
  const left = new Set(relations.map(({ name }) => name));
  const tables = (await tablesOf(connection)).filter(({ name }) => !left.has(name));
  const rowCounts: Record<string, number> = {};
  const lastIds: Record<string, number> = {};
  for (const { name, hasId } of tables) {
    const [row] = await connection.rows<{ rows: number; last: number | null }>(
      `SELECT count(*) AS rows, ${hasId ? "max(id)::bigint" : "NULL::bigint"} AS last FROM ${quoteName(name)}`,
    );
    rowCounts[name] = row?.rows ?? 0;
    if (row !== undefined && row.last !== null) lastIds[name] = row.last;
  }
  const [version] = await connection.rows<{ text: string }>("SELECT current_setting('server_version') AS text");
  return {
    engineVersion: `PostgreSQL ${version?.text ?? ""}`,
    schema: await schemaOf(connection),
    schemaVersion: await schemaVersionOf(connection, tables),
    rowCounts,
    lastIds,
    leftOut: [...relations, ...others],
  };
}

/** Counts the rows beyond the given ids, by table. */
export async function countBeyond(
  connection: BackupConnection,
  lastIds: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, hasId } of await tablesOf(connection)) {
    if (!hasId) continue;
    const query = `SELECT count(*) AS rows FROM ${quoteName(name)} WHERE id > $1`;
    const [row] = await connection.rows<{ rows: number }>(query, [lastIds[name] ?? 0]);
    counts[name] = row?.rows ?? 0;
  }
  return counts;
}
