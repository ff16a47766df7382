import { systemTables, tables } from "../../../schema/tables.ts";
import type { LeftOut } from "../../port/backup.ts";
import { isOfExtension } from "../schema/of-extension.ts";
import type { Select } from "../schema/schema-state.ts";

/** Names of the tables that NERVE makes. */
export const knownTables: readonly string[] = [...systemTables, ...tables].map(({ name }) => name);

const here = "current_schema()::regnamespace";
const notOfExtension = (catalogue: string, oid: string) => `NOT ${isOfExtension(catalogue, oid)}`;

/** What the parts of a table need, by catalogue and id. Of what PostgreSQL itself brings it has no record. */
const needs = `
  parts AS (
    SELECT oid AS "table", 'pg_class'::regclass AS classid, oid AS objid FROM pg_class
      WHERE relnamespace = ${here} AND relkind IN ('r', 'p')
    UNION ALL SELECT indrelid, 'pg_class'::regclass, indexrelid FROM pg_index
    UNION ALL SELECT adrelid, 'pg_attrdef'::regclass, oid FROM pg_attrdef
    UNION ALL SELECT conrelid, 'pg_constraint'::regclass, oid FROM pg_constraint WHERE conrelid <> 0
    UNION ALL SELECT polrelid, 'pg_policy'::regclass, oid FROM pg_policy
  ),
  needs AS (
    SELECT p."table", d.refclassid, d.refobjid FROM parts p JOIN pg_depend d ON d.classid = p.classid AND d.objid = p.objid
  )`;

/** Tables that need something that is left out, or another table that does. */
const unfit = `
  unfit ("table") AS (
    SELECT n."table" FROM needs n
      LEFT JOIN pg_class c ON n.refclassid = 'pg_class'::regclass AND c.oid = n.refobjid
      LEFT JOIN pg_type t ON n.refclassid = 'pg_type'::regclass AND t.oid = n.refobjid
      LEFT JOIN pg_type e ON e.oid = t.typelem
    WHERE n.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass,
        'pg_collation'::regclass, 'pg_extension'::regclass, 'pg_am'::regclass, 'pg_ts_config'::regclass)
      OR c.relnamespace <> ${here} OR c.relkind IN ('v', 'm', 'f')
      OR t.typnamespace <> ${here} OR 'd' IN (t.typtype, e.typtype) OR ${isOfExtension("pg_type", "t.oid")}
    UNION
    SELECT n."table" FROM needs n JOIN unfit u ON n.refclassid = 'pg_class'::regclass AND n.refobjid = u."table"
  )`;

/** Relations of the schema that are left out: `$1` are the tables that never are. */
const relationsQuery = `
  WITH RECURSIVE ${needs}, ${unfit}
  SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
    WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, c.relname::text AS name
  FROM pg_class c
  WHERE c.relnamespace = ${here} AND c.relname <> ALL ($1) AND ${notOfExtension("pg_class", "c.oid")} AND (
    c.relkind IN ('v', 'm', 'f')
    OR c.relkind IN ('r', 'p') AND (c.oid IN (SELECT "table" FROM unfit) OR NOT has_table_privilege(c.oid, 'SELECT'))
    OR c.relkind = 'S' AND NOT has_sequence_privilege(c.oid, 'SELECT'))
  ORDER BY 1, 2`;

/** What else is left out, in the schema and beside it: `$1` are tables on which nothing is, for it is refused. */
const othersQuery = `
  SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind, p.oid::regprocedure::text AS name
  FROM pg_proc p WHERE p.pronamespace = ${here} AND ${notOfExtension("pg_proc", "p.oid")}
  UNION ALL
  SELECT 'trigger', format('%s on %s', t.tgname, c.relname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relname <> ALL ($1) AND c.relnamespace = ${here} AND ${notOfExtension("pg_trigger", "t.oid")}
  UNION ALL
  SELECT 'rule', format('%s on %s', r.rulename, c.relname) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  WHERE c.relkind NOT IN ('v', 'm') AND c.relname <> ALL ($1) AND c.relnamespace = ${here} AND ${notOfExtension("pg_class", "c.oid")}
  UNION ALL
  SELECT 'domain', t.typname FROM pg_type t WHERE t.typtype = 'd' AND t.typnamespace = ${here} AND ${notOfExtension("pg_type", "t.oid")}
  UNION ALL
  SELECT 'operator', o.oid::regoperator::text FROM pg_operator o
  WHERE o.oprnamespace = ${here} AND ${notOfExtension("pg_operator", "o.oid")}
  UNION ALL
  SELECT 'extension', extname FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL
  SELECT 'schema', n.nspname FROM pg_namespace n
  WHERE n.oid <> ${here} AND n.nspname !~ '^(pg_|nerve_temporary_)' AND n.nspname <> 'information_schema' AND ${notOfExtension("pg_namespace", "n.oid")}
    AND (n.nspname <> 'public' OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND ${notOfExtension("pg_class", "c.oid")}))
  UNION ALL
  SELECT 'foreign server', s.srvname FROM pg_foreign_server s WHERE ${notOfExtension("pg_foreign_server", "s.oid")}
  UNION ALL
  SELECT 'event trigger', t.evtname FROM pg_event_trigger t WHERE ${notOfExtension("pg_event_trigger", "t.oid")}
  UNION ALL
  SELECT 'publication', pubname FROM pg_publication
  UNION ALL
  SELECT 'large objects', count(*)::text FROM pg_largeobject_metadata HAVING count(*) > 0
  ORDER BY 1, 2`;

/** What a database holds beside what a backup carries. */
export interface Beside {
  /** Tables, views, foreign tables and sequences of the schema. */
  readonly relations: readonly LeftOut[];
  readonly others: readonly LeftOut[];
}

/**
 * Reads what no backup carries: extensions, foreign tables, other schemas, what runs (views, functions, triggers), and tables
 * that need any of these or that the role may not read.
 */
export async function readBeside(select: Select): Promise<Beside> {
  return {
    relations: await select<LeftOut>(relationsQuery, [knownTables]),
    others: await select<LeftOut>(othersQuery, [knownTables]),
  };
}
