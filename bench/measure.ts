import { backupComparison, writesDuringBackup } from "../packages/database/bench/backup.ts";
import { bulkComparison } from "../packages/database/bench/bulk.ts";
import type { Outcome } from "../packages/database/bench/compare.ts";
import { copyComparison } from "../packages/database/bench/copy.ts";
import { fullSize, loadBenchData, quickSize } from "../packages/database/bench/data.ts";
import { growTo, healthComparison, requestsDuringHealthCheck } from "../packages/database/bench/health.ts";
import { lookUpComparisons } from "../packages/database/bench/look-ups.ts";
import { performanceLogComparison } from "../packages/database/bench/performance-log.ts";
import { type BenchPlace, benchPlace } from "../packages/database/bench/places.ts";
import { formatTable } from "../packages/database/bench/report.ts";
import { passesOf } from "../packages/formats/bench/passes.ts";
import { httpComparisons, httpOperations } from "../packages/server/bench/http.ts";
import { measureSurface } from "./measure-surface.ts";
import { type Measuring, measuringBy } from "./measuring.ts";
import type { BenchOptions } from "./options.ts";

async function measurePlace(place: BenchPlace, { options, isWanted, measure }: Measuring): Promise<Outcome[]> {
  const { engine } = place.db;
  const size = sizeOf(options);
  const outcomes: Outcome[] = [];
  if (httpOperations.some(isWanted)) {
    const http = await httpComparisons(place, size, options);
    outcomes.push(...(await measure(http.comparisons)));
    await http.close();
  }
  const { comparisons, close } = await lookUpComparisons(place, size);
  outcomes.push(...(await measure(comparisons)));
  await close();
  const bulk = bulkComparison(place);
  outcomes.push(...(await measure([bulk.comparison])));
  await bulk.close();
  const log = await performanceLogComparison(place, size);
  outcomes.push(...(await measure([log.comparison])));
  await log.close();
  if (engine === "sqlite" && isWanted("runHealthCheck")) {
    if (!options.quick) growTo(400, place);
    outcomes.push(...(await measure([healthComparison(place)])));
  }
  if (isWanted("runHealthCheck")) outcomes.push(await requestsDuringHealthCheck(place, size));
  if (engine === "sqlite" && isWanted("createBackup")) {
    if (!options.quick) growTo(1000, place);
    outcomes.push(...(await measure([await backupComparison(place)])));
    outcomes.push(await writesDuringBackup(place));
  }
  if (engine === "postgres" && isWanted("copy")) {
    const copy = await copyComparison(place, options);
    outcomes.push(...(await measure([copy.comparison])));
    await copy.close();
  }
  return outcomes;
}

function sizeOf({ quick }: BenchOptions) {
  return quick ? quickSize : fullSize;
}

/** Reading reports of scanners, in megabytes a second. */
async function measureFormats({ options, isWanted, measure }: Measuring): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const turns = options.quick ? { rounds: 3, warmUps: 1 } : { rounds: 7, warmUps: 1 };
  for (const { mebibytes, ...passes } of passesOf(options.quick ? 4 : 100, isWanted))
    outcomes.push(...(await measure([{ ...passes, engine: "none", batch: mebibytes, turns }])));
  return outcomes;
}

/** Measures what the options ask for, and prints it. */
export async function measureAll(options: BenchOptions): Promise<void> {
  const measuring = measuringBy(options);
  const size = sizeOf(options);
  const outcomes = options.engine.includes("none") ? await measureFormats(measuring) : [];
  for (const engine of ["sqlite", "postgres"] as const) {
    if (!options.engine.includes(engine)) continue;
    outcomes.push(...(await measureSurface(engine, measuring)));
    const place = await benchPlace(engine);
    console.error(`${engine}: loading ${size.sessions} sessions, ${size.events} events`);
    await loadBenchData(place, size);
    outcomes.push(...(await measurePlace(place, measuring)));
    await place.remove();
  }
  console.log(options.json ? JSON.stringify({ size, results: outcomes }, undefined, 2) : formatTable(outcomes));
}
