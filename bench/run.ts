import { parseArgs } from "node:util";
import { backupComparison, writesDuringBackup } from "../packages/database/bench/backup.ts";
import { bulkComparison } from "../packages/database/bench/bulk.ts";
import { type Comparison, compare, MissingPeer, type Outcome, type Turns } from "../packages/database/bench/compare.ts";
import { copyComparison } from "../packages/database/bench/copy.ts";
import { type BenchSize, fullSize, loadBenchData, quickSize } from "../packages/database/bench/data.ts";
import { growTo, healthComparison, requestsDuringHealthCheck } from "../packages/database/bench/health.ts";
import { lookUpComparisons } from "../packages/database/bench/look-ups.ts";
import { performanceLogComparison } from "../packages/database/bench/performance-log.ts";
import { type BenchPlace, benchPlace } from "../packages/database/bench/places.ts";
import { formatTable } from "../packages/database/bench/report.ts";
import { passesOf } from "../packages/formats/bench/passes.ts";
import { httpComparisons, httpOperations } from "../packages/server/bench/http.ts";

const help = `Measures NERVE against the same work done without it, in turns, and prints how much of the other's speed it reaches.

  npm run bench -- [options]

  --only TEXT    only operations whose name holds the text, such as HTTP, createBackup or "survey and records"
  --engine NAME  sqlite, postgres, or none for what asks no database; may be repeated (default: all)
  --quick        a small database and few rounds: a first look, no measurement
  --peers        also against better-auth, which is installed into bench/.peers for it
  --json         print JSON
  --help         print this

NERVE_BENCH_POSTGRES_URL names an empty PostgreSQL database to use; otherwise a server is started.`;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    engine: { type: "string", multiple: true, default: ["none", "sqlite", "postgres"] },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const size = options.quick ? quickSize : fullSize;
const usualTurns = options.quick ? { rounds: 5, warmUps: 2 } : { rounds: 21, warmUps: 4 };

function isWanted(operation: string): boolean {
  return options.only === undefined || operation.includes(options.only);
}

/** A comparison's outcome; where the other is not there, why. */
async function outcomeOf(comparison: Comparison, turns: Turns): Promise<Outcome> {
  try {
    return await compare(comparison, turns);
  } catch (error) {
    if (!(error instanceof MissingPeer)) throw error;
    const { operation, engine, against, atLeast } = comparison;
    return { operation, engine, against, atLeast, missing: error.message };
  }
}

async function measure(comparisons: readonly Comparison[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const comparison of comparisons) {
    if (!isWanted(comparison.operation)) continue;
    const outcome = await outcomeOf(comparison, comparison.turns ?? usualTurns);
    const shown = "missing" in outcome ? outcome.missing : outcome.ratio.toFixed(2);
    console.error(`${outcome.engine}: ${outcome.operation}: ${shown}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function measurePlace(place: BenchPlace, benchSize: BenchSize): Promise<Outcome[]> {
  const { engine } = place.db;
  const outcomes: Outcome[] = [];
  if (httpOperations.some(isWanted)) {
    const http = await httpComparisons(place, benchSize, options);
    outcomes.push(...(await measure(http.comparisons)));
    await http.close();
  }
  const { comparisons, close } = await lookUpComparisons(place, benchSize);
  outcomes.push(...(await measure(comparisons)));
  await close();
  const bulk = bulkComparison(place);
  outcomes.push(...(await measure([bulk.comparison])));
  await bulk.close();
  const log = await performanceLogComparison(place, benchSize);
  outcomes.push(...(await measure([log.comparison])));
  await log.close();
  if (engine === "sqlite" && isWanted("runHealthCheck")) {
    if (!options.quick) growTo(400, place);
    outcomes.push(...(await measure([healthComparison(place)])));
  }
  if (isWanted("runHealthCheck")) outcomes.push(await requestsDuringHealthCheck(place, benchSize));
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

/** Reading reports of scanners, in megabytes a second. */
async function measureFormats(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const turns = options.quick ? { rounds: 3, warmUps: 1 } : { rounds: 7, warmUps: 1 };
  for (const { mebibytes, ...passes } of passesOf(options.quick ? 4 : 100, isWanted))
    outcomes.push(...(await measure([{ ...passes, engine: "none", batch: mebibytes, turns }])));
  return outcomes;
}

async function measureAll(): Promise<void> {
  const outcomes = options.engine.includes("none") ? await measureFormats() : [];
  for (const engine of ["sqlite", "postgres"] as const) {
    if (!options.engine.includes(engine)) continue;
    const place = await benchPlace(engine);
    console.error(`${engine}: loading ${size.sessions} sessions, ${size.events} events`);
    await loadBenchData(place, size);
    outcomes.push(...(await measurePlace(place, size)));
    await place.remove();
  }
  console.log(options.json ? JSON.stringify({ size, results: outcomes }, undefined, 2) : formatTable(outcomes));
}

if (options.help) console.log(help);
else await measureAll();
