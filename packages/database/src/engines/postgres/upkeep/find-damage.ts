import { DatabaseError } from "../../../errors/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { DamageReport, Fault } from "../../port/upkeep.ts";
import type { Select } from "../schema/schema-state.ts";

/** Faults of one table or index beyond this number help nobody. */
const maxFaults = 20;

const amcheckQuery = `
  SELECT n.nspname AS schema,
    coalesce(has_function_privilege(to_regprocedure(format('%I.bt_index_check(regclass, boolean)', n.nspname)), 'EXECUTE'), false)
    AND coalesce(has_function_privilege(to_regprocedure(
      format('%I.verify_heapam(regclass, boolean, boolean, text, bigint, bigint)', n.nspname)), 'EXECUTE'), false) AS allowed
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'`;
const relationsQuery = `
  SELECT c.relname AS "table", x.oid::bigint AS id, x.relname AS name, x.relkind AS kind
  FROM pg_class c JOIN LATERAL (
    SELECT c.oid, c.relname, c.relkind
    UNION ALL
    SELECT x.oid, x.relname, x.relkind FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    WHERE i.indrelid = c.oid AND i.indisvalid AND m.amname = 'btree'
  ) AS x ON true
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname, x.relkind DESC`;
const checksumsQuery = `
  SELECT current_setting('data_checksums') = 'on' AS checksums, coalesce(checksum_failures, 0) AS failures
  FROM pg_stat_database WHERE datname = current_database()`;

interface Relation {
  readonly table: string;
  readonly id: number;
  readonly name: string;
  readonly kind: "r" | "i";
}

async function faultsOf(select: Select, { table, id, name, kind }: Relation, amcheck: string): Promise<Fault[]> {
  try {
    if (kind === "i") {
      await select(`SELECT ${amcheck}.bt_index_check($1::oid::regclass, true)::text`, [id]);
      return [];
    }
    const query = `SELECT blkno AS block, msg AS message FROM ${amcheck}.verify_heapam($1::oid::regclass, check_toast => true) LIMIT ${maxFaults}`;
    const rows = await select<{ block: number; message: string }>(query, [id]);
    return rows.map(({ block, message }) => ({ table, message: `Page ${block}: ${message}` }));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [{ table, message: kind === "i" ? `The index ${name} is damaged.` : "Its pages are damaged." }];
  }
}

/** Whether a statement failed for what it read, and not for the way there. */
export function isDamage(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "CORRUPT";
}

async function checkWithAmcheck(select: Select): Promise<DamageReport> {
  const [amcheck] = await select<{ schema: string; allowed: boolean }>(amcheckQuery);
  if (amcheck === undefined) {
    return { faults: [], skipped: ["amcheck: the extension is not installed in this database."] };
  }
  if (!amcheck.allowed) return { faults: [], skipped: ["amcheck: this role may not run its functions."] };
  const faults: Fault[] = [];
  for (const relation of await select<Relation>(relationsQuery)) {
    faults.push(...(await faultsOf(select, relation, quoteName(amcheck.schema))));
  }
  return { faults, skipped: [] };
}

/** Checks tables and indexes with amcheck where it is at hand, and asks whether checksums have failed. */
export async function findDamage(select: Select): Promise<DamageReport> {
  const { faults, skipped } = await checkWithAmcheck(select);
  const [state] = await select<{ checksums: boolean; failures: number }>(checksumsQuery);
  const failures = state?.failures ?? 0;
  return {
    faults: failures > 0 ? [...faults, { message: `Checksums of ${failures} pages have failed.` }] : faults,
    skipped: state?.checksums === false ? [...skipped, "Checksums: the cluster was made without them."] : skipped,
  };
}
