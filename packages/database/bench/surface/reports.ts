import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type ReportFile, reportFile } from "../../src/surface/index.ts";

/** A report that is imported. */
export interface ReportSize {
  readonly findings: number;
  readonly assets: number;
  readonly rules: number;
}

export const fullReport: ReportSize = { findings: 100_000, assets: 500, rules: 2000 };
export const quickReport: ReportSize = { findings: 5000, assets: 50, rules: 100 };

const severities = ["low", "medium", "high", "critical", "info"];

/** A line of NERVE's own format; every fourth finding has a CVE. */
function lineOf(number: number, size: ReportSize, message: string): string {
  const asset = `https://h${number % size.assets}.import.example`;
  const rule = number % size.rules;
  const finding = {
    kind: "finding",
    rule: `rule-${rule}`,
    asset,
    severity: severities[number % severities.length],
    title: `Finding of rule ${rule}`,
    context: [String(number)],
    locations: [{ url: `${asset}/page/${number}`, ...(message === "" ? {} : { message }) }],
    ids: number % 4 === 0 ? [`CVE-2026-${10_000 + rule}`] : [],
  };
  return `${JSON.stringify(finding)}\n`;
}

/** Lines of a report, a thousand at once. */
function* linesOf(size: ReportSize, message: string): Generator<Buffer> {
  for (let from = 0; from < size.findings; from += 1000) {
    const count = Math.min(1000, size.findings - from);
    yield Buffer.from(Array.from({ length: count }, (_, index) => lineOf(from + index, size, message)).join(""));
  }
}

/** A report that is a file, as servers have it: it is read on a thread. */
export interface WrittenReport {
  readonly size: ReportSize;
  readonly source: ReportFile;
  readonly remove: () => Promise<void>;
}

/** Writes a report into a folder of its own. */
async function write(size: ReportSize, message: string, isPacked = false): Promise<WrittenReport> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-report-"));
  const file = join(folder, isPacked ? "bench.jsonl.gz" : "bench.jsonl");
  const packing = isPacked ? [createGzip()] : [];
  await pipeline([Readable.from(linesOf(size, message)), ...packing, createWriteStream(file)]);
  return { size, source: await reportFile(file), remove: () => rm(folder, { recursive: true }) };
}

export function writeReport(size: ReportSize): Promise<WrittenReport> {
  return write(size, "");
}

/** Writes a report of about so many MiB, packed as larger ones have to be, whose findings each come with a page of text. */
export function writeLargeReport(mebibytes: number): Promise<WrittenReport> {
  const message = "The page answers with what nobody should see. ".repeat(90);
  const bytesOfLine = Buffer.byteLength(lineOf(0, fullReport, message));
  return write({ ...fullReport, findings: Math.ceil((mebibytes * 1024 * 1024) / bytesOfLine) }, message, true);
}
