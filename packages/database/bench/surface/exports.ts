import type { Database } from "../../src/database/handle.ts";
import { exportFindings } from "../../src/surface/index.ts";
import { againstLimit, type Comparison, type Result } from "../compare.ts";
import type { BenchPlace } from "../places.ts";
import type { Filled } from "./fill-findings.ts";

const rowsOfPage = 1000;

/** Reads what an export tells of, by the plainest statements: findings with their assets, their places and their CVEs. */
async function readRows(db: Database, { companyId }: Filled): Promise<void> {
  const read = (sql: string, from: number, to: number) =>
    db.executor.all({ sql: sql.replaceAll(":", db.engine === "sqlite" ? "?" : "$"), readOnly: true, recurring: true }, [
      companyId,
      from,
      to,
    ]);
  const within = (id: string) => `company_id = :1 AND ${id} > :2 AND ${id} <= :3 ORDER BY ${id}`;
  const ofFinding = `SELECT findings.*, assets.key, assets.name FROM findings JOIN assets ON assets.id = findings.asset_id`;
  for (let from = 0; ; from += rowsOfPage) {
    const to = from + rowsOfPage;
    const rows = await read(`${ofFinding} WHERE findings.${within("findings.id")}`, from, to);
    if (rows.length === 0) return;
    await read(`SELECT * FROM finding_locations WHERE ${within("finding_id")}`, from, to);
    await read(`SELECT finding_id, cve FROM finding_cves WHERE ${within("finding_id")}`, from, to);
  }
}

async function exportAll(db: Database, { companyId }: Filled, onPiece?: () => void): Promise<void> {
  let length = 0;
  for await (const piece of exportFindings(db, { format: "csv", companyId })) {
    length += piece.length;
    onPiece?.();
  }
  if (length === 0) throw new Error("The bench exported nothing.");
}

/** Compares the export of many findings with reading them. */
export function exportComparison({ db }: BenchPlace, filled: Filled, count: number): Comparison {
  return {
    operation: `exportFindings of ${count} findings as CSV`,
    engine: db.engine,
    against: "reading the same rows",
    atLeast: 0.5,
    batch: count,
    turns: { rounds: 2, warmUps: 0 },
    ours: () => exportAll(db, filled),
    other: () => readRows(db, filled),
  };
}

const mebibyte = 1024 * 1024;
/** What the collector of garbage may leave lying. */
const mostGrowth = 64;

/** Measures by how much memory grows in the later half of an export. */
export async function memoryOfExport({ db }: BenchPlace, filled: Filled, count: number): Promise<Result> {
  const used: number[] = [];
  await exportAll(db, filled, () => used.push(process.memoryUsage.rss()));
  const half = Math.ceil(used.length / 2);
  const growth = (Math.max(...used.slice(half)) - Math.max(...used.slice(0, half))) / mebibyte;
  return againstLimit({
    operation: `exportFindings of ${count} findings, growth of memory in its later half`,
    engine: db.engine,
    measured: Math.max(1, growth),
    limit: mostGrowth,
    unit: " MiB",
  });
}
