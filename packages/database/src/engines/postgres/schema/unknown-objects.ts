import { systemTables, tables } from "../../../schema/tables.ts";
import type { UnknownObject } from "../../port/upkeep.ts";
import { indexesOf, searchesOf } from "../../shared/ddl.ts";
import { isOfExtension } from "./of-extension.ts";
import type { Select } from "./schema-state.ts";

const known = [...systemTables, ...tables];
const knownNames: readonly string[] = known.map(({ name }) => name);
const knownIndexes = known.flatMap((table) => [...indexesOf(table), ...searchesOf(table)]).map(({ name }) => name);

const ours = "c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1)";

/** What acts on NERVE's tables, or reads them for others: `$1` are their names. */
const objectsQuery = `
  SELECT 'trigger' AS kind, t.tgname::text AS name, c.relname::text AS "table"
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND ${ours}
  UNION ALL
  SELECT 'rule', r.rulename, c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  WHERE c.relkind NOT IN ('v', 'm') AND ${ours}
  UNION ALL
  SELECT DISTINCT CASE v.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END, v.oid::regclass::text, c.relname
  FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    JOIN pg_class v ON v.oid = r.ev_class JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
  WHERE v.oid <> c.oid AND ${ours} AND NOT ${isOfExtension("pg_class", "v.oid")}
  UNION ALL
  SELECT 'event trigger', evtname, NULL FROM pg_event_trigger t WHERE NOT ${isOfExtension("pg_event_trigger", "t.oid")}
  UNION ALL
  SELECT 'operator', o.oid::regoperator::text, NULL FROM pg_operator o
  WHERE o.oprnamespace = current_schema()::regnamespace AND NOT ${isOfExtension("pg_operator", "o.oid")}
  UNION ALL
  SELECT 'table that inherits', i.inhrelid::regclass::text, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE ${ours}
  UNION ALL
  SELECT 'parent table', i.inhparent::regclass::text, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE ${ours}
  UNION ALL
  SELECT 'generated column', a.attname, c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE a.attgenerated <> '' AND NOT a.attisdropped AND ${ours}
  ORDER BY 1, 2, 3`;

/**
 * Where a statement names one of NERVE's tables, be it written in a string; the name alone may be a column, a word of a sentence, or
 * a table of another schema.
 */
const mention =
  String.raw`\m(from|join|into|update|only|table|truncate|using|references|setof)\s+("?:schema"?\.)?"?(${knownNames.join("|")})\M(?!\s*\.)` +
  String.raw`|\m(${knownNames.join("|")})"?%(row)?type`;

/**
 * Functions that NERVE's tables use, that read or write them, or that would be called instead of a function of PostgreSQL's own.
 * Which ones can be is settled first: the planner would rather search the text of all 3,000 functions of PostgreSQL itself.
 */
const functionsQuery = `
  WITH used AS (
    SELECT d.refobjid AS oid FROM pg_depend d
      LEFT JOIN pg_index x ON d.classid = 'pg_class'::regclass AND x.indexrelid = d.objid
      LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
      LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
      LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
      LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
      JOIN pg_class c ON c.oid = coalesce(x.indrelid, a.adrelid, nullif(k.conrelid, 0), p.polrelid, t.tgrelid)
    WHERE d.refclassid = 'pg_proc'::regclass AND ${ours}
  ), candidates AS MATERIALIZED (
    SELECT p.oid, p.prokind, p.pronamespace, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND NOT ${isOfExtension("pg_proc", "p.oid")}
  )
  SELECT 'function' AS kind, p.oid::regprocedure::text AS name, NULL AS "table"
  FROM candidates p
  WHERE p.oid IN (SELECT oid FROM used)
    OR CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END
      ~* replace($2, ':schema', regexp_replace(current_schema(), '(\\W)', '\\\\\\1', 'g'))
    OR (p.pronamespace = current_schema()::regnamespace
      AND EXISTS (SELECT FROM pg_proc b WHERE b.pronamespace = 'pg_catalog'::regnamespace AND b.proname = p.proname))
  ORDER BY 2`;

/** Unique and exclusion indexes by other names than `$2`: they refuse rows that NERVE takes. */
const indexesQuery = `
  SELECT CASE WHEN x.indisexclusion THEN 'exclusion' ELSE 'unique index' END AS kind, i.relname::text AS name, c.relname::text AS "table"
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  WHERE (x.indisunique OR x.indisexclusion) AND NOT x.indisprimary AND i.relname <> ALL ($2) AND ${ours} ORDER BY 3, 2`;

const checksQuery = `
  SELECT k.conname::text AS name, c.relname::text AS "table", pg_get_constraintdef(k.oid) AS definition
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'c' AND ${ours} ORDER BY 2, 1`;

const defaultsQuery = `
  SELECT a.attname::text AS name, c.relname::text AS "table", pg_get_expr(d.adbin, d.adrelid) AS definition
  FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = d.adrelid
  WHERE ${ours} ORDER BY 2, 1`;

const policiesQuery = `
  SELECT p.polname::text AS name, c.relname::text AS "table", pg_get_expr(p.polqual, p.polrelid) AS definition,
    c.relrowsecurity AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}' AND p.polwithcheck IS NULL AS plain
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE ${ours} ORDER BY 2, 1`;
const presentQuery = `SELECT c.relname::text AS name FROM pg_class c WHERE c.relkind = 'r' AND ${ours} ORDER BY 1`;

interface Definition {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
}

/** Parentheses, casts, quotes of names and white space tell no two of our expressions apart. */
function bare(expression: string): string {
  return expression
    .replaceAll(/::(?:text|bigint|character varying)(?:\[\])?/g, "")
    .replaceAll('"', "")
    .replaceAll(/[()[\]\s]+/g, " ")
    .replaceAll(/\s*([,=])\s*/g, "$1")
    .trim()
    .toLowerCase();
}

/** The rules that the definitions make: of each enum one, and those of whole rows. */
const knownChecks = new Set(
  known.flatMap((table) => [
    ...table.checks.map(({ shown }) => `${table.name} ${bare(`CHECK ${shown}`)}`),
    ...table.columnList.flatMap(({ name, kind, values }) => {
      const texts = (values ?? []).map((value) => `'${value}'`).join(",");
      if (kind !== "enum") return [];
      return [
        `${table.name} ${bare(`CHECK ${name} = ANY ARRAY ${texts}`)}`,
        `${table.name} ${bare(`CHECK ${name} = ${texts}`)}`,
      ];
    }),
  ]),
);

/**
 * Reads what stands in the schema that NERVE did not make, and that acts on its tables, reads them or changes their rules.
 * @param policies the statement that makes the policy of each table that has one
 */
export async function findUnknownObjects(
  select: Select,
  policies: Readonly<Record<string, string>>,
): Promise<UnknownObject[]> {
  const columns = new Map(
    known.map((table): [string, Set<string>] => [table.name, new Set(table.columnList.map(({ name }) => name))]),
  );
  const checks = await select<Definition>(checksQuery, [knownNames]);
  const defaults = await select<Definition>(defaultsQuery, [knownNames]);
  return [
    ...(await select<UnknownObject>(objectsQuery, [knownNames])),
    ...(await select<UnknownObject>(functionsQuery, [knownNames, mention])),
    ...(await select<UnknownObject>(indexesQuery, [knownNames, knownIndexes])),
    ...checks
      .filter(({ table, definition }) => !knownChecks.has(`${table} ${bare(definition)}`))
      .map(({ name, table }) => ({ kind: "check", name, table })),
    ...defaults
      // What a definition has is compared with it; a column beyond them may have a value, and call nothing.
      .filter(({ name, table, definition }) => columns.get(table)?.has(name) !== true && definition.includes("("))
      .map(({ name, table }) => ({ kind: "default of the column", name, table })),
    ...(await differingPolicies(select, policies)),
  ];
}

async function differingPolicies(select: Select, policies: Readonly<Record<string, string>>): Promise<UnknownObject[]> {
  const found = await select<Definition & { plain: boolean }>(policiesQuery, [knownNames]);
  const present = await select<{ name: string }>(presentQuery, [knownNames]);
  const isExpected = ({ table, name, definition, plain }: Definition & { plain: boolean }) =>
    plain &&
    expectedPolicy(policies[table])?.name === name &&
    expectedPolicy(policies[table])?.definition === bare(definition);
  const held = new Set(found.filter(isExpected).map(({ table }) => table));
  const missing = present.filter(({ name }) => policies[name] !== undefined && !held.has(name));
  return [
    ...found.filter((policy) => !isExpected(policy)).map(({ name, table }) => ({ kind: "policy", name, table })),
    ...missing
      .filter(({ name }) => found.every(({ table }) => table !== name))
      .map(({ name }) => ({
        kind: "lack of the policy",
        name: expectedPolicy(policies[name])?.name ?? "",
        table: name,
      })),
  ];
}

function expectedPolicy(statement: string | undefined): { name: string; definition: string } | undefined {
  const [, name, definition] = /^CREATE POLICY (\w+) ON \S+ USING \((.*)\)$/s.exec(statement ?? "") ?? [];
  return name === undefined || definition === undefined ? undefined : { name, definition: bare(definition) };
}
