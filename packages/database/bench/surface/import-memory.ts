import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createCompany } from "../../src/identity/index.ts";
import { againstLimit, type Result } from "../compare.ts";
import type { BenchPlace } from "../places.ts";
import type { ImportOrder, MemoryUsed } from "./import-process.ts";
import { writeLargeReport } from "./reports.ts";

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const mostAbove = 300;

/** Measures how much memory an import of a large report takes above what its process has at rest. */
export async function memoryOfImport({ db, url }: BenchPlace, mebibytes: number): Promise<Result> {
  const { source, remove } = await writeLargeReport(mebibytes);
  try {
    const { id: companyId } = await createCompany(db, { name: "Bench", primaryDomain: "memory.bench.example" });
    const order: ImportOrder = { url, file: source.path, companyId };
    const script = fileURLToPath(new URL("import-process.ts", import.meta.url));
    const { stdout } = await run(process.execPath, ["--conditions=@nerve/source", script, JSON.stringify(order)]);
    const { rest, most } = JSON.parse(stdout) as MemoryUsed;
    return againstLimit({
      operation: `importReport of a report of ${mebibytes} MiB, memory above rest`,
      engine: db.engine,
      measured: Math.max(1, (most - rest) / mebibyte),
      limit: mostAbove,
      unit: " MiB",
    });
  } finally {
    await remove();
  }
}
