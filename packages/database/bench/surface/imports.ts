import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { anyTable } from "../../src/database/any-table.ts";
import type { Database } from "../../src/database/handle.ts";
import { fetchAll, runQuery } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { createCompany } from "../../src/identity/index.ts";
import { insertMany } from "../../src/rows/insert-many.ts";
import type { TableDefinition } from "../../src/schema/kit/index.ts";
import { assetCoverage, assets } from "../../src/schema/surface/assets.ts";
import { findingCves, findingLocations, findingRules, findings } from "../../src/schema/surface/findings.ts";
import { importReport } from "../../src/surface/index.ts";
import { againstLimit, type Comparison, p99, type Result } from "../compare.ts";
import type { BenchPlace } from "../places.ts";
import type { WrittenReport } from "./reports.ts";

const domainEnd = "import.bench.example";
let companies = 0;

async function freshCompany(db: Database): Promise<number> {
  companies += 1;
  return (await createCompany(db, { name: "Bench", primaryDomain: `c${companies}.${domainEnd}` })).id;
}

async function importInto(db: Database, companyId: number, { source }: WrittenReport): Promise<void> {
  await importReport(db, { companyId, format: "nerve", source });
}

/** Removes what was imported, in the order in which rows refer to each other; company by company it takes minutes. */
async function removeImported({ db }: BenchPlace): Promise<void> {
  const ofBench = `company_id IN (SELECT id FROM companies WHERE primary_domain LIKE '%.${domainEnd}')`;
  const tables = [...written].toReversed().map(({ name }) => `DELETE FROM ${name} WHERE ${ofBench};`);
  const companiesToo = `DELETE FROM companies WHERE primary_domain LIKE '%.${domainEnd}'`;
  await transaction(db, (tx) => tx.executor.script(`${tables.join(" ")} ${companiesToo}`), { large: true });
}

/** What is inserted once, each after what it refers to. */
const owners: readonly TableDefinition[] = [assets, assetCoverage, findingRules];
/** What each slice inserts. */
const parts: readonly TableDefinition[] = [findings, findingLocations, findingCves];
const written = [...owners, ...parts];

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What an import of the report leaves in its largest tables, without the stamps, which inserting sets. */
async function recordRows(place: BenchPlace, report: WrittenReport): Promise<Map<TableDefinition, Rows>> {
  const { db } = place;
  const companyId = await freshCompany(db);
  await importInto(db, companyId, report);
  const recorded = new Map<TableDefinition, Rows>();
  for (const table of written) {
    const columns = table.columnList.filter(({ stamped }) => stamped === undefined).map(({ name }) => name);
    const query = anyTable(db).selectFrom(table.name).select(columns).where("company_id", "=", companyId).orderBy("id");
    recorded.set(table, await fetchAll(db, query));
  }
  await removeImported(place);
  return recorded;
}

/** As large as those of an import. */
const recordsOfSlice = 500;

/** The rows of a slice; those that refer to others are in no slice before these. */
function sliceOf(rows: Rows, slice: number, slices: number, round: (value: number) => number): Rows {
  return rows.slice(round((slice * rows.length) / slices), round(((slice + 1) * rows.length) / slices));
}

async function insertRecorded(db: Database, recorded: ReadonlyMap<TableDefinition, Rows>): Promise<void> {
  const companyId = await freshCompany(db);
  const insert = (slices: readonly (readonly [TableDefinition, Rows])[]) =>
    transaction(db, async (tx) => {
      for (const [table, rows] of slices) {
        const own = rows.map((row) => ({ ...row, companyId }));
        await insertMany(tx, table, own);
      }
    });
  const rowsOf = (table: TableDefinition) => recorded.get(table) ?? [];
  await insert(owners.map((table) => [table, rowsOf(table)] as const));
  const slices = Math.ceil(rowsOf(findings).length / recordsOfSlice);
  for (let slice = 0; slice < slices; slice += 1) {
    const [first, ...others] = parts as [TableDefinition, ...TableDefinition[]];
    await insert([
      [first, sliceOf(rowsOf(first), slice, slices, Math.ceil)],
      ...others.map((table) => [table, sliceOf(rowsOf(table), slice, slices, Math.floor)] as const),
    ]);
  }
}

/** What is compared with an import, and what is in the database meanwhile. */
interface Imported {
  readonly report: WrittenReport;
  readonly among: string;
  readonly rounds: number;
}

/** Compares the import of a report with inserting the rows that it makes. */
export async function importComparison(place: BenchPlace, { report, among, rounds }: Imported): Promise<Comparison> {
  const { db } = place;
  const recorded = await recordRows(place, report);
  return {
    operation: `importReport of ${report.size.findings} findings ${among}`,
    engine: db.engine,
    against: "insertRows of the rows that it makes",
    atLeast: 0.5,
    batch: report.size.findings,
    turns: { rounds, warmUps: 0 },
    ours: async () => importInto(db, await freshCompany(db), report),
    other: () => insertRecorded(db, recorded),
    cleanUp: () => removeImported(place),
  };
}

/** Compares the import of a report that changes nothing with its first import. */
export async function againComparison(place: BenchPlace, { report, rounds }: Imported): Promise<Comparison> {
  const { db } = place;
  const filled = (await createCompany(db, { name: "Bench", primaryDomain: "filled.bench.example" })).id;
  await importInto(db, filled, report);
  return {
    operation: `importReport of the same ${report.size.findings} findings again`,
    engine: db.engine,
    against: "its first import",
    // At most 0.35 of the time.
    atLeast: 2.86,
    batch: report.size.findings,
    turns: { rounds, warmUps: 0 },
    ours: () => importInto(db, filled, report),
    other: async () => importInto(db, await freshCompany(db), report),
    cleanUp: () => removeImported(place),
  };
}

/** What others may have to wait for, in milliseconds. */
const mostWait = 400;
const mostDelay = 50;
const resolutionMs = 5;

/** Writes a row time and again, as requests do, for as long as `goesOn`, and tells how long each took. */
async function timeWrites(db: Database, companyId: number, goesOn: () => boolean): Promise<number[]> {
  const waits: number[] = [];
  while (goesOn()) {
    const query = db.sql.updateTable("companies").set({ max_seats: waits.length }).where("id", "=", companyId);
    const started = performance.now();
    await runQuery(db, query);
    waits.push(performance.now() - started);
    await sleep(resolutionMs);
  }
  return waits;
}

/** Measures what an import keeps waiting: others who write, and the event loop. */
export async function waitsOfImport(place: BenchPlace, report: WrittenReport): Promise<Result[]> {
  const { db } = place;
  const [companyId, other] = [await freshCompany(db), await freshCompany(db)];
  let importing = true;
  const loop = monitorEventLoopDelay({ resolution: resolutionMs });
  loop.enable();
  const done = importInto(db, companyId, report).finally(() => (importing = false));
  const wait = p99(await timeWrites(db, other, () => importing));
  await done;
  loop.disable();
  // What is measured contains the time between two looks.
  const delay = Math.max(0, loop.percentile(99) / 1e6 - resolutionMs);
  await removeImported(place);
  const limit = (operation: string, measured: number, most: number) =>
    againstLimit({ operation, engine: db.engine, measured, limit: most, unit: " ms" });
  const during = `during importReport of ${report.size.findings} findings`;
  return [
    limit(`another writer's wait ${during}, p99`, wait, mostWait),
    limit(`delay of the event loop ${during}, p99`, delay, mostDelay),
  ];
}
