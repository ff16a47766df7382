import { isOfExtension } from "../schema/of-extension.ts";
import { knownTables } from "./left-out.ts";
import type { BackupConnection } from "./backup-connection.ts";

const notOfExtension = (catalogue: string, oid: string) => `NOT ${isOfExtension(catalogue, oid)}`;

/** Tables of the schema `$1` but for `$2`, and what belongs to no table: sequences, types. */
export const movable = `
  here AS (SELECT oid FROM pg_namespace WHERE nspname = $1),
  tables AS (
    SELECT c.oid, c.relname FROM pg_class c JOIN here ON c.relnamespace = here.oid
    WHERE c.relkind IN ('r', 'p') AND c.relname <> ALL ($2) AND ${notOfExtension("pg_class", "c.oid")}
  ),
  sequences AS (
    SELECT c.oid, c.relname FROM pg_class c JOIN here ON c.relnamespace = here.oid
    WHERE c.relkind = 'S' AND c.relname <> ALL ($2) AND ${notOfExtension("pg_class", "c.oid")}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
  ),
  types AS (
    SELECT t.oid, t.typname FROM pg_type t JOIN here ON t.typnamespace = here.oid LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'r') OR c.relkind = 'c') AND ${notOfExtension("pg_type", "t.oid")}
  ),
  counts AS (
    SELECT s.oid, s.stxname FROM pg_statistic_ext s JOIN tables t ON t.oid = s.stxrelid
  )`;

const movesQuery = `
  WITH ${movable}
  SELECT format('ALTER TABLE %I.%I', $1::text, relname) AS subject FROM tables
  UNION ALL SELECT format('ALTER SEQUENCE %I.%I', $1::text, relname) FROM sequences
  UNION ALL SELECT format('ALTER TYPE %I.%I', $1::text, typname) FROM types
  UNION ALL SELECT format('ALTER STATISTICS %I.%I', $1::text, stxname) FROM counts`;

/** What stays where it is, and depends on what would go; and what would go with the tables. But for `$3`, by their ids. */
const dependentsQuery = `
  WITH ${movable},
  going AS (
    SELECT 'pg_class'::regclass AS classid, oid FROM tables
    UNION ALL SELECT 'pg_class'::regclass, oid FROM sequences
    UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN tables ON tables.oid = t.typrelid
    UNION ALL SELECT 'pg_type'::regclass, oid FROM types
  ),
  all_going AS (
    SELECT classid, oid FROM going
    UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN going g ON g.classid = 'pg_type'::regclass AND g.oid = t.typelem
  ),
  parts AS (
    SELECT 'pg_class'::regclass AS classid, x.indexrelid AS oid FROM pg_index x JOIN tables t ON t.oid = x.indrelid
    UNION ALL SELECT 'pg_class'::regclass, d.objid FROM pg_depend d JOIN tables t ON t.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    UNION ALL SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a JOIN tables t ON t.oid = a.adrelid
    UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
    UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid FROM counts
    UNION ALL SELECT 'pg_trigger'::regclass, g.oid FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
      WHERE g.tgisinternal OR g.tgparentid <> 0 OR c.relname = ANY ($4)
  )
  SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) AS name
  FROM pg_depend d JOIN all_going g ON d.refclassid = g.classid AND d.refobjid = g.oid
  WHERE d.deptype <> 'i' AND d.objid::bigint <> ALL ($3) AND (d.classid, d.objid) NOT IN (SELECT classid, oid FROM all_going UNION ALL SELECT classid, oid FROM parts)
  ORDER BY 1`;

/**
 * Names what depends on tables that a restore replaces, and would be left with the old ones.
 * @param but `stays`: names of what is not replaced; `remade`: ids of what is made again
 */
export async function findDependents(
  connection: BackupConnection,
  schema: string,
  { stays, remade }: { stays: readonly string[]; remade: readonly number[] },
): Promise<string[]> {
  const values = [schema, stays, remade, knownTables];
  return (await connection.rows<{ name: string }>(dependentsQuery, values)).map(({ name }) => name);
}

async function moveAll(
  connection: BackupConnection,
  from: string,
  to: string,
  stays: readonly string[],
): Promise<void> {
  const moves = await connection.rows<{ subject: string }>(movesQuery, [from, stays]);
  const [row] = await connection.rows<{ target: string }>("SELECT quote_ident($1) AS target", [to]);
  for (const { subject } of moves) await connection.run(`${subject} SET SCHEMA ${row?.target}`);
}

/** Which schemas change places. */
export interface SchemaExchange {
  readonly live: string;
  readonly incoming: string;
  readonly aside: string;
  /** Names of what stays in the live schema. */
  readonly stays: readonly string[];
}

/** Moves the tables of `live` aside, and those of `incoming` into their place. To be done within a transaction. */
export async function exchangeTables(
  connection: BackupConnection,
  { live, incoming, aside, stays }: SchemaExchange,
): Promise<void> {
  await moveAll(connection, live, aside, stays);
  await moveAll(connection, incoming, live, []);
}
