import type { Outcome, Result } from "../packages/database/bench/compare.ts";
import { type BenchPlace, benchPlace } from "../packages/database/bench/places.ts";
import { exportComparison, memoryOfExport } from "../packages/database/bench/surface/exports.ts";
import { type Filled, fillFindings } from "../packages/database/bench/surface/fill-findings.ts";
import { timeFindingLists } from "../packages/database/bench/surface/finding-lists.ts";
import { memoryOfImport } from "../packages/database/bench/surface/import-memory.ts";
import { againComparison, importComparison, waitsOfImport } from "../packages/database/bench/surface/imports.ts";
import {
  fullReport,
  quickReport,
  writeReport,
  type WrittenReport,
} from "../packages/database/bench/surface/reports.ts";
import type { EngineName } from "../packages/database/src/engines/port/engine.ts";
import { type Measuring, tell } from "./measuring.ts";

/** Some rows of the table, and words of their names by which they are asked for. */
interface Part {
  readonly names: readonly string[];
  readonly measure: (place: BenchPlace) => Promise<readonly Outcome[]>;
}

/** Parts that share a database, and what is in it before them. */
interface Group {
  readonly parts: readonly Part[];
  readonly begin?: (place: BenchPlace) => Promise<void>;
}

const fullCount = 1_000_000;
const quickCount = 20_000;

/** Measures parts in a database of their own: what is in it already is part of what is measured. */
async function measureGroup(engine: EngineName, { parts, begin }: Group): Promise<Outcome[]> {
  const place = await benchPlace(engine);
  try {
    await begin?.(place);
    const outcomes: Outcome[] = [];
    for (const part of parts) outcomes.push(...(await part.measure(place)));
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
  const { quick, only } = measuring.options;
  const isWanted = ({ names }: Part) =>
    only === undefined || names.some((name) => name.includes(only) || only.includes(name));
  const report = await writeReport(quick ? quickReport : fullReport);
  try {
    const outcomes: Outcome[] = [];
    for (const group of [intoEmpty(measuring, report), besideMany(measuring, report)]) {
      const parts = group.parts.filter(isWanted);
      if (parts.length > 0) outcomes.push(...(await measureGroup(engine, { ...group, parts })));
    }
    return outcomes;
  } finally {
    await report.remove();
  }
}

function intoEmpty({ options: { quick }, measure }: Measuring, report: WrittenReport): Group {
  const imported = { report, among: "into an empty database", rounds: quick ? 1 : 3 };
  const parts: Part[] = [
    {
      names: ["importReport", "into an empty database"],
      measure: async (place) => measure([await importComparison(place, imported)]),
    },
    {
      names: ["importReport", "again"],
      measure: async (place) => measure([await againComparison(place, imported)]),
    },
    {
      names: ["importReport", "another writer's wait", "delay of the event loop"],
      measure: async (place) => told(await waitsOfImport(place, report)),
    },
    {
      names: ["importReport", "memory above rest"],
      measure: async (place) => told([await memoryOfImport(place, quick ? 20 : 500)]),
    },
  ];
  return { parts };
}

function besideMany({ options: { quick }, measure }: Measuring, report: WrittenReport): Group {
  const count = quick ? quickCount : fullCount;
  const among = `among ${new Intl.NumberFormat("en").format(count)}`;
  let filled: Filled = { companyId: 0, userId: 0 };
  const begin = async ({ db }: BenchPlace) => {
    console.error(`${db.engine}: writing ${count} findings`);
    filled = await fillFindings(db, count);
  };
  const parts: Part[] = [
    {
      names: ["listFindings", "countFindings", "topAssets", "topRules", `p99 ${among}`],
      measure: async ({ db }) => told(await timeFindingLists(db, filled, among)),
    },
    { names: ["exportFindings", "as CSV"], measure: (place) => measure([exportComparison(place, filled, count)]) },
    {
      names: ["exportFindings", "growth of memory"],
      measure: async (place) => told([await memoryOfExport(place, filled, count)]),
    },
    {
      names: ["importReport", among],
      measure: async (place) => measure([await importComparison(place, { report, among, rounds: quick ? 1 : 2 })]),
    },
  ];
  return { parts, begin };
}
