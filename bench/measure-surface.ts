import type { Outcome, Result } from "../packages/database/bench/compare.ts";
import { type BenchPlace, benchPlace } from "../packages/database/bench/places.ts";
import { exportComparison, memoryOfExport } from "../packages/database/bench/surface/exports.ts";
import { type Filled, fillFindings } from "../packages/database/bench/surface/fill-findings.ts";
import { timeFindingLists } from "../packages/database/bench/surface/finding-lists.ts";
import { memoryOfImport } from "../packages/database/bench/surface/import-memory.ts";
import { againComparison, importComparison, waitsOfImport } from "../packages/database/bench/surface/imports.ts";
import { fullReport, quickReport } from "../packages/database/bench/surface/reports.ts";
import type { EngineName } from "../packages/database/src/engines/port/engine.ts";
import { type Measuring, tell } from "./measuring.ts";

/** Some rows of the table, and words of their names by which they are asked for. */
interface Part {
  readonly names: readonly string[];
  readonly measure: () => Promise<readonly Outcome[]>;
}

const fullCount = 1_000_000;
const quickCount = 20_000;

/** Runs the parts that are asked for in a database of their own: what is in it already is part of what is measured. */
async function measureParts(
  engine: EngineName,
  { options: { only } }: Measuring,
  partsIn: (place: BenchPlace) => { readonly parts: readonly Part[]; readonly begin?: () => Promise<void> },
): Promise<Outcome[]> {
  const isWanted = ({ names }: Part) =>
    only === undefined || names.some((name) => name.includes(only) || only.includes(name));
  const place = await benchPlace(engine);
  try {
    const { parts, begin } = partsIn(place);
    const wanted = parts.filter(isWanted);
    if (wanted.length > 0) await begin?.();
    const outcomes: Outcome[] = [];
    for (const part of wanted) outcomes.push(...(await part.measure()));
    return outcomes;
  } finally {
    await place.remove();
  }
}

function told(results: readonly Result[]): readonly Result[] {
  for (const result of results) tell(result);
  return results;
}

/** Importing, listing and exporting findings: into a database without any, and beside a million. */
export async function measureSurface(engine: EngineName, measuring: Measuring): Promise<Outcome[]> {
  const { quick } = measuring.options;
  return [
    ...(await measureParts(engine, measuring, (place) => intoEmpty(place, measuring, quick))),
    ...(await measureParts(engine, measuring, (place) => besideMany(place, measuring, quick))),
  ];
}

function intoEmpty(place: BenchPlace, { measure }: Measuring, quick: boolean) {
  const imported = { size: quick ? quickReport : fullReport, among: "into an empty database", rounds: quick ? 1 : 3 };
  const parts: Part[] = [
    {
      names: ["importReport", "into an empty database"],
      measure: async () => measure([await importComparison(place, imported)]),
    },
    { names: ["importReport", "again"], measure: async () => measure([await againComparison(place, imported)]) },
    {
      names: ["importReport", "another writer's wait", "delay of the event loop"],
      measure: async () => told(await waitsOfImport(place, imported.size)),
    },
    {
      names: ["importReport", "memory above rest"],
      measure: async () => told([await memoryOfImport(place, quick ? 20 : 500)]),
    },
  ];
  return { parts };
}

function besideMany(place: BenchPlace, { measure }: Measuring, quick: boolean) {
  const count = quick ? quickCount : fullCount;
  const among = `among ${new Intl.NumberFormat("en").format(count)}`;
  let filled: Filled = { companyId: 0, userId: 0 };
  const begin = async () => {
    console.error(`${place.db.engine}: writing ${count} findings`);
    filled = await fillFindings(place.db, count);
  };
  const parts: Part[] = [
    {
      names: ["listFindings", "countFindings", "topAssets", "topRules", `p99 ${among}`],
      measure: async () => told(await timeFindingLists(place.db, filled, among)),
    },
    { names: ["exportFindings", "as CSV"], measure: () => measure([exportComparison(place, filled, count)]) },
    {
      names: ["exportFindings", "growth of memory"],
      measure: async () => told([await memoryOfExport(place, filled, count)]),
    },
    {
      names: ["importReport", among],
      measure: async () => {
        const size = quick ? quickReport : fullReport;
        return measure([await importComparison(place, { size, among, rounds: quick ? 1 : 2 })]);
      },
    },
  ];
  return { parts, begin };
}
