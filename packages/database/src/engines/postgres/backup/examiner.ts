import { DatabaseError } from "../../../errors/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { DamageReport, Examiner, Fault, OrphanReport, RowCounts, StorageState } from "../../port/upkeep.ts";
import { findDamage, isDamage } from "../upkeep/find-damage.ts";
import { findOrphans } from "../schema/find-orphans.ts";
import { readSchema, type Select } from "../schema/schema-state.ts";
import { isOfExtension } from "../schema/of-extension.ts";
import { findOutdatedCollations } from "../schema/outdated-collations.ts";
import { knownTables, readBeside } from "./left-out.ts";
import { findUnknownObjects } from "../schema/unknown-objects.ts";

/** An application's own that this role may not read are counted by nobody: `$1` are those that have to be readable. */
const estimatesQuery = `
  SELECT relname AS name, reltuples::bigint AS rows FROM pg_class c
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT ${isOfExtension("pg_class", "c.oid")}
    AND (has_table_privilege(c.oid, 'SELECT') OR relname = ANY ($1)) ORDER BY relname`;
/** So that counting reads the rows themselves, every page of them, and not only an index. */
const readTables = `
  BEGIN READ ONLY;
  SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off`;
/** A new table needs room on the disk from its first page. */
const probe = `
  BEGIN;
  CREATE TEMPORARY TABLE nerve_probe (number bigint) ON COMMIT DROP;
  INSERT INTO nerve_probe SELECT generate_series(1, 20000);
  COMMIT`;

const timeQuery = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms";

type CountOrFault = { readonly rows: number } | { readonly fault: Fault };

/** Looks at a PostgreSQL database on a connection of its own. */
export class PostgresExaminer implements Examiner {
  readonly #select: Select;
  readonly #script: (sql: string) => Promise<void>;
  /** Counting reads every page of a table, so it is done once. */
  readonly #counts = new Map<string, Promise<CountOrFault>>();

  constructor(select: Select, script: (sql: string) => Promise<void>) {
    this.#select = select;
    this.#script = script;
  }

  readSchema() {
    return readSchema(this.#select);
  }

  findUnknownObjects(policies: Readonly<Record<string, string>>) {
    return findUnknownObjects(this.#select, policies);
  }

  async findLeftOut() {
    const { relations, others } = await readBeside(this.#select);
    return [...relations, ...others];
  }

  findOutdatedCollations() {
    return findOutdatedCollations(this.#select);
  }

  async readTime(): Promise<Date | null> {
    const [row] = await this.#select<{ ms: number }>(timeQuery);
    return row === undefined ? null : new Date(row.ms);
  }

  async findDamage(): Promise<DamageReport> {
    const { faults } = await this.countRows({ exact: true });
    const more = await findDamage(this.#select);
    const known = new Set(faults.map(({ table, message }) => `${table} ${message}`));
    const fresh = more.faults.filter(({ table, message }) => !known.has(`${table} ${message}`));
    return { faults: [...faults, ...fresh], skipped: more.skipped };
  }

  async findOrphans(limit: number): Promise<OrphanReport> {
    try {
      return await findOrphans(this.#select, limit);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { total: 0, orphans: [], faults: [{ message: "Rows cannot be compared: pages are damaged." }] };
    }
  }

  async countRows({ exact }: { exact: boolean }): Promise<RowCounts> {
    const estimates = await this.#select<{ name: string; rows: number }>(estimatesQuery, [knownTables]);
    const rows: Record<string, number> = {};
    const faults: Fault[] = [];
    let estimated = false;
    for (const estimate of estimates) {
      // A table that was never analysed has no estimate.
      if (!exact && estimate.rows >= 0) {
        rows[estimate.name] = estimate.rows;
        estimated = true;
        continue;
      }
      const count = await this.#count(estimate.name);
      if ("fault" in count) faults.push(count.fault);
      else rows[estimate.name] = count.rows;
    }
    return { rows, estimated, faults };
  }

  async measure() {
    const [size] = await this.#select<{ bytes: number }>("SELECT pg_database_size(current_database()) AS bytes");
    return { bytes: size?.bytes ?? 0, walBytes: null };
  }

  async probeStorage(): Promise<StorageState> {
    try {
      await this.#script(probe);
      return { writable: true, freeBytes: null };
    } catch (error) {
      await this.#script("ROLLBACK").catch(() => undefined);
      const full = error instanceof DatabaseError && error.code === "STORAGE_FULL";
      // A role without the right to make temporary tables, or a server that only reads, cannot try.
      return { writable: full ? false : undefined, freeBytes: null };
    }
  }

  #count(table: string): Promise<CountOrFault> {
    const counted = this.#counts.get(table) ?? this.#countAnew(table);
    this.#counts.set(table, counted);
    return counted;
  }

  async #countAnew(table: string): Promise<CountOrFault> {
    try {
      await this.#script(readTables);
      const [row] = await this.#select<{ rows: number }>(`SELECT count(*) AS rows FROM ${quoteName(table)}`);
      return { rows: row?.rows ?? 0 };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { fault: { table, message: "Its pages are damaged." } };
    } finally {
      await this.#script("ROLLBACK");
    }
  }
}
