import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createCompany } from "../../src/identity/index.ts";
import { againstLimit, type Result } from "../compare.ts";
import type { BenchPlace } from "../places.ts";
import type { ImportOrder, MemoryUsed } from "./import-process.ts";
import { writeReport } from "./reports.ts";

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const mostAbove = 300;

/** Measures how much memory an import of a large report takes above what its process has at rest. */
export async function memoryOfImport({ db, url }: BenchPlace, mebibytes: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-report-"));
  const file = join(folder, "bench.jsonl");
  try {
    await writeReport(file, mebibytes);
    const { id: companyId } = await createCompany(db, { name: "Bench", primaryDomain: "memory.bench.example" });
    const order: ImportOrder = { url, file, companyId };
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
    await rm(folder, { recursive: true });
  }
}
