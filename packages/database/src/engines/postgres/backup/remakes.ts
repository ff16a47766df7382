import { BackupError, DatabaseError } from "../../../errors/index.ts";
import { knownTables } from "./left-out.ts";
import type { BackupConnection } from "./backup-connection.ts";
import { movable } from "./swap-schemas.ts";

/** Something that hangs on the tables, is in no backup, and is made again on those that take their place. */
export interface Remake {
  /** Its id in its catalogue, of a view that of its rule. */
  readonly id: number;
  readonly name: string;
  /** The statement that takes it away. */
  readonly drop: string;
  /** The statements that make it again. */
  readonly make: readonly string[];
}

/** Views over the tables, and over such views, as far as the role owns them: the deepest last. */
const viewsQuery = `
  WITH RECURSIVE ${movable},
  found (oid, rule, depth) AS (
    SELECT r.ev_class, r.oid, 1 FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      JOIN tables t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid WHERE r.ev_class <> t.oid
    UNION
    SELECT r.ev_class, r.oid, f.depth + 1 FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      JOIN found f ON d.refclassid = 'pg_class'::regclass AND d.refobjid = f.oid WHERE r.ev_class <> f.oid
  ),
  views AS (SELECT oid, max(rule) AS rule, max(depth) AS depth FROM found GROUP BY oid)
  SELECT v.rule::bigint AS id, format('%s %s', kind, c.oid::regclass) AS name, format('DROP %s %I.%I', kind, n.nspname, c.relname) AS drop,
    array_remove(ARRAY[
      format('CREATE %s %I.%I%s AS %s', kind, n.nspname, c.relname,
        ' WITH (' || array_to_string(c.reloptions, ', ') || ')', rtrim(pg_get_viewdef(c.oid), ';')),
      format('ALTER %s %I.%I OWNER TO %I', kind, n.nspname, c.relname, pg_get_userbyid(c.relowner)),
      (SELECT format('COMMENT ON %s %I.%I IS %L', kind, n.nspname, c.relname, d.description) FROM pg_description d
        WHERE d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0)
    ], NULL)
    || ARRAY(SELECT pg_get_indexdef(x.indexrelid) FROM pg_index x WHERE x.indrelid = c.oid ORDER BY 1)
    || ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY 1)
    || ARRAY(SELECT format('GRANT %s ON %I.%I TO %s', a.privilege_type, n.nspname, c.relname,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
      FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner ORDER BY 1) AS make
  FROM views v JOIN pg_class c ON c.oid = v.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind) AS kinds
  WHERE c.relkind IN ('v', 'm') AND pg_has_role(c.relowner, 'USAGE') ORDER BY v.depth, c.oid`;

/** Foreign keys of tables that stay, and triggers of an application on its own tables: `$3` are those that nobody else's belong on. */
const othersQuery = `
  WITH ${movable}
  SELECT k.oid::bigint AS id, format('constraint %s on %s', k.conname, k.conrelid::regclass) AS name,
    format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS drop,
    ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))] AS make
  FROM pg_constraint k JOIN tables t ON t.oid = k.confrelid
  WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid NOT IN (SELECT oid FROM tables)
  UNION ALL
  SELECT g.oid::bigint, format('trigger %s on %s', g.tgname, t.relname), format('DROP TRIGGER %I ON %I.%I', g.tgname, $1::text, t.relname),
    ARRAY[pg_get_triggerdef(g.oid), format('ALTER TABLE %I.%I %s TRIGGER %I', $1::text, t.relname,
      CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, g.tgname)]
  FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid
  WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND t.relname <> ALL ($3)
  ORDER BY 1`;

/**
 * Reads what has to be made again when the tables of a schema are replaced.
 * @param stays names of what is not replaced
 */
export async function readRemakes(
  connection: BackupConnection,
  schema: string,
  stays: readonly string[],
): Promise<Remake[]> {
  const views = await connection.rows<Remake>(viewsQuery, [schema, stays]);
  return [...views, ...(await connection.rows<Remake>(othersQuery, [schema, stays, knownTables]))];
}

/** Takes it away, so that nothing is left that hangs on the old tables. */
export async function dropRemakes(connection: BackupConnection, remakes: readonly Remake[]): Promise<void> {
  for (const { drop } of remakes.toReversed()) await connection.run(drop);
}

/** @throws {BackupError} BACKUP_FAILED that names what does not fit on the restored tables */
export async function makeAgain(connection: BackupConnection, remakes: readonly Remake[]): Promise<void> {
  for (const { name, make } of remakes) {
    for (const statement of make) {
      try {
        await connection.run(statement);
      } catch (cause) {
        const said = cause instanceof DatabaseError && cause.cause instanceof Error ? ` (${cause.cause.message})` : "";
        throw new BackupError("BACKUP_FAILED", {
          message: `The ${name}, which is in no backup, cannot be made again on the restored tables${said}. Take it out, then restore.`,
          cause,
        });
      }
    }
  }
}
