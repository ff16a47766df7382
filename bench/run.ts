import { parseArgs } from "node:util";
import { bulkComparison } from "../packages/database/bench/bulk.ts";
import { backupComparison, writesDuringBackup } from "../packages/database/bench/backup.ts";
import { type Comparison, compare, type Result } from "../packages/database/bench/compare.ts";
import { copyComparison } from "../packages/database/bench/copy.ts";
import { fullSize, loadBenchData, quickSize } from "../packages/database/bench/data.ts";
import { growTo, healthComparison, requestsDuringHealthCheck } from "../packages/database/bench/health.ts";
import { lookUpComparisons } from "../packages/database/bench/look-ups.ts";
import { performanceLogComparison } from "../packages/database/bench/performance-log.ts";
import { httpComparisons, httpOperations } from "../packages/server/bench/http.ts";
import { benchPlace } from "../packages/database/bench/places.ts";
import { formatTable } from "../packages/database/bench/report.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    engine: { type: "string", multiple: true, default: ["sqlite", "postgres"] },
    only: { type: "string" },
  },
});

const size = options.quick ? quickSize : fullSize;
const usualTurns = options.quick ? { rounds: 5, warmUps: 2 } : { rounds: 21, warmUps: 4 };

function isWanted(operation: string): boolean {
  return options.only === undefined || operation.includes(options.only);
}

async function measure(comparisons: readonly Comparison[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const comparison of comparisons) {
    if (!isWanted(comparison.operation)) continue;
    const result = await compare(comparison, comparison.turns ?? usualTurns);
    console.error(`${result.engine}: ${result.operation}: ${result.ratio.toFixed(2)}`);
    results.push(result);
  }
  return results;
}

const results: Result[] = [];
for (const engine of ["sqlite", "postgres"] as const) {
  if (!options.engine.includes(engine)) continue;
  const place = await benchPlace(engine);
  console.error(`${engine}: loading ${size.sessions} sessions, ${size.events} events`);
  await loadBenchData(place, size);
  if (httpOperations.some(isWanted)) {
    const http = await httpComparisons(place, size);
    results.push(...(await measure(http.comparisons)));
    await http.close();
  }
  const { comparisons, close } = await lookUpComparisons(place, size);
  results.push(...(await measure(comparisons)));
  await close();
  const bulk = bulkComparison(place);
  results.push(...(await measure([bulk.comparison])));
  await bulk.close();
  const log = await performanceLogComparison(place, size);
  results.push(...(await measure([log.comparison])));
  await log.close();
  if (engine === "sqlite" && isWanted("runHealthCheck")) {
    if (!options.quick) growTo(400, place);
    results.push(...(await measure([healthComparison(place)])));
  }
  if (isWanted("runHealthCheck")) results.push(await requestsDuringHealthCheck(place, size));
  if (engine === "sqlite" && isWanted("createBackup")) {
    if (!options.quick) growTo(1000, place);
    results.push(...(await measure([await backupComparison(place)])));
    results.push(await writesDuringBackup(place));
  }
  if (engine === "postgres" && isWanted("copy")) {
    const copy = await copyComparison(place, options);
    results.push(...(await measure([copy.comparison])));
    await copy.close();
  }
  await place.remove();
}
console.log(options.json ? JSON.stringify({ size, results }, undefined, 2) : formatTable(results));
