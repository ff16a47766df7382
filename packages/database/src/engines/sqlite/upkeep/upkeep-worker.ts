import type { DatabaseSync } from "node:sqlite";
import { serve } from "../../../threads/serve.ts";
import { quoteName, quoteText } from "../../shared/ddl.ts";
import type { Fault, Orphan, OrphanReport, UpkeepStep } from "../../port/upkeep.ts";
import { openExisting } from "../connect/open-existing.ts";
import { isCorrupt } from "../run/errors.ts";
import { searchesNamed } from "../schema/json-search.ts";
import { readSchema, tableNames } from "../schema/schema-state.ts";
import { findUnknownObjects } from "../schema/unknown-objects.ts";

/** Faults beyond this number help nobody. */
const maxFaults = 100;
/** Rows that `ANALYZE` looks at in each index: SQLite's own advice for databases of any size. */
const analysisLimit = 1000;
/** Without it, the check reads most pages of a large database many times over. */
const cacheKibibytes = 65_536;

/** What the thread works on, from `open` on. */
let opened: DatabaseSync | undefined;

interface OpenRequest {
  readonly location: string;
  /** False for looking only: then a file that is missing is not made, either. */
  readonly write: boolean;
  readonly lockTimeoutMs: number;
}

function open({ location, write, lockTimeoutMs }: OpenRequest): void {
  opened = openExisting(location, { readOnly: !write, timeout: lockTimeoutMs });
  opened.exec(`PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -${cacheKibibytes}`);
}

/** The thread serves the next who comes within a second; the file is not to stay open until then. */
function close(): void {
  opened?.close();
  opened = undefined;
}

function database(): DatabaseSync {
  if (opened === undefined) throw new TypeError("No database is open.");
  return opened;
}

function value(query: string): unknown {
  return Object.values(database().prepare(query).get() ?? {})[0];
}

function integrityFaults(of: string): string[] {
  try {
    const rows = database().prepare(`PRAGMA integrity_check(${of})`).all();
    return rows.map((row) => String(Object.values(row)[0])).filter((message) => message !== "ok");
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return ["Pages are damaged so that the check itself cannot go on."];
  }
}

/** Reads everything once; a damaged database is read again table by table, to tell where the damage is. */
function findDamage(): Fault[] {
  const messages = integrityFaults(String(maxFaults));
  if (messages.length === 0) return [];
  const ofTables = tableNames(database()).flatMap((table) =>
    [table, ...searchesNamed(table).map(({ name }) => name)].flatMap((part) =>
      integrityFaults(quoteText(part)).map((message) => ({ table, message })),
    ),
  );
  const known = new Set(ofTables.map(({ message }) => message));
  const elsewhere = messages.filter((message) => !known.has(message)).map((message) => ({ message }));
  return [...ofTables, ...elsewhere].slice(0, maxFaults);
}

function columnOf(table: string, key: unknown): string | undefined {
  const keys = database()
    .prepare(`SELECT "id", "from" FROM pragma_foreign_key_list(${quoteText(table)})`)
    .all();
  return keys.find(({ id }) => id === key)?.["from"] as string | undefined;
}

function findOrphans({ limit }: { limit: number }): OrphanReport {
  const orphans: Orphan[] = [];
  let total = 0;
  for (const row of database().prepare("PRAGMA foreign_key_check").iterate()) {
    total += 1;
    if (total > limit) continue;
    const table = String(row["table"]);
    const column = columnOf(table, row["fkid"]);
    const orphan = { table, rowId: row["rowid"] as number | null, parent: String(row["parent"]) };
    orphans.push(column === undefined ? orphan : { ...orphan, column });
  }
  return { total, orphans, faults: [] };
}

/** What `ANALYZE` noted of a table; undefined where it was never run. */
function estimateOf(table: string): number | undefined {
  if (value(`SELECT 1 FROM "sqlite_schema" WHERE "name" = 'sqlite_stat1'`) === undefined) return undefined;
  const stat = value(`SELECT "stat" FROM "sqlite_stat1" WHERE "tbl" = ${quoteText(table)} ORDER BY "idx" IS NULL DESC`);
  return typeof stat === "string" ? Number.parseInt(stat, 10) : undefined;
}

function countRows({ exact }: { exact: boolean }) {
  let estimated = false;
  const faults: Fault[] = [];
  const rows: Record<string, number> = {};
  for (const table of tableNames(database())) {
    const estimate = exact ? undefined : estimateOf(table);
    if (estimate !== undefined) estimated = true;
    try {
      rows[table] = estimate ?? (value(`SELECT count(*) FROM ${quoteName(table)}`) as number);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      faults.push({ table, message: "Its rows cannot be counted: pages are damaged." });
    }
  }
  return { rows, estimated, faults };
}

function pageBytes(): { all: number; used: number } {
  const size = value("PRAGMA page_size") as number;
  const count = value("PRAGMA page_count") as number;
  return { all: count * size, used: (count - (value("PRAGMA freelist_count") as number)) * size };
}

function runStep({ step, table }: { step: UpkeepStep; table?: string }): void {
  switch (step) {
    case "reindex":
      database().exec(`REINDEX ${quoteName(table ?? "")}`);
      break;
    case "vacuum":
      // The log holds the whole database afterwards; moving it over shrinks the file.
      database().exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
      break;
    case "analyze":
      database().exec(`PRAGMA analysis_limit = ${analysisLimit}; ANALYZE`);
      break;
  }
}

serve({
  open,
  close,
  readSchema: () => readSchema(database()),
  findUnknownObjects: () => findUnknownObjects(database()),
  tableNames: () => tableNames(database()),
  findDamage,
  findOrphans,
  countRows,
  pageBytes,
  runStep,
});
