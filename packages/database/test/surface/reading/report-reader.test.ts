import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ScanRecord } from "@nerve/formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectReport, reportFile, spoolReport } from "../../../src/surface/index.ts";
import { type ReportReader, withReader } from "../../../src/surface/reading/report-reader.ts";
import { linesOf, reportOf } from "../support/reports.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-reading-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const large = linesOf(
  Array.from({ length: 1200 }, (_, index) => ({ rule: index === 7 ? "__proto__" : `rule-${index}` })),
);

async function fileOf(name: string, content: string | Uint8Array) {
  await writeFile(join(folder, name), content);
  return reportFile(join(folder, name));
}

async function recordsOf(reader: ReportReader): Promise<ScanRecord[]> {
  const records: ScanRecord[] = [];
  for await (const batch of reader.records()) records.push(...batch);
  return records;
}

const waiting = { owner: "test" };
const format = "nerve";

test("a large file is read on a thread as it is read here, as often as asked", async () => {
  expect(large.length).toBeGreaterThan(65_536);
  const here = await withReader(reportOf(large), waiting, async (reader) => ({
    survey: await reader.survey({ format }),
    records: await recordsOf(reader),
  }));
  await withReader(await fileOf("large.jsonl", large), waiting, async (reader) => {
    expect(await reader.survey({ format })).toEqual({ ...here.survey });
    for (let time = 0; time < 2; time += 1) expect(await recordsOf(reader)).toEqual(here.records);
  });
});

test("what is wrong with a large file is told as of a small one", async () => {
  const broken = `{"version": "2.1.0", "runs": [{]${" ".repeat(70_000)}`;
  const small = reportOf(broken);
  const told = await inspectReport(small, { format: "sarif" }).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: "REPORT_MALFORMED" });
  const file = await fileOf("broken.sarif", broken);
  await expect(inspectReport(file, { format: "sarif" })).rejects.toMatchObject({
    code: "REPORT_MALFORMED",
    message: (told as Error).message,
  });
  await rm(file.path);
  await expect(inspectReport(file, { format: "sarif" })).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
});

test("a thread that reads stops when it is told to, and so does whoever waits for it", async () => {
  const file = await fileOf("aborted.jsonl", large);
  const stopping = new AbortController();
  const reading = withReader(file, { ...waiting, signal: stopping.signal }, async (reader) => {
    await reader.survey({ format });
    for await (const _ of reader.records()) stopping.abort();
  });
  await expect(reading).rejects.toMatchObject({ name: "AbortError" });
});

test("what reads one batch after the other is not run over", async () => {
  const file = await fileOf("slowly.jsonl", large);
  const sizes = await withReader(file, waiting, async (reader) => {
    await reader.survey({ format });
    const found: number[] = [];
    for await (const batch of reader.records()) {
      found.push(batch.length);
      await new Promise(setImmediate);
    }
    return found;
  });
  expect(sizes).toEqual([500, 500, 200]);
});

test("a packed report is put aside as it is, for this account alone, and read unpacked", async () => {
  const packed = gzipSync(large);
  const pieces = [packed.subarray(0, 100), packed.subarray(100)];
  const report = await spoolReport(pieces, { folder: join(folder, "spool"), maxBytes: packed.length });
  expect(report.size).toBe(packed.length);
  for (const [path, mode] of [
    [report.path, 0o600],
    [join(folder, "spool"), 0o700],
  ] as const)
    expect((await stat(path)).mode & 0o777).toBe(mode);
  const { survey, counts } = await inspectReport(report, { format });
  expect([survey.sha256, counts.records]).toEqual([report.sha256, 1200]);
  await report.remove();
  await expect(stat(report.path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("one of more bytes than are taken, or that does not arrive whole, leaves nothing", async () => {
  const own = join(folder, "refused");
  const bytes = new Uint8Array(11);
  await expect(spoolReport([bytes], { folder: own, maxBytes: 10 })).rejects.toMatchObject({ code: "REPORT_TOO_LARGE" });
  const half = async function* () {
    yield bytes;
    throw new Error("gone");
  };
  await expect(spoolReport(half(), { folder: own, maxBytes: 100 })).rejects.toThrow("gone");
  expect(await readdir(own)).toEqual([]);
  await writeFile(join(folder, "file"), "");
  await expect(spoolReport([bytes], { folder: join(folder, "file"), maxBytes: 100 })).rejects.toMatchObject({
    code: "FILE_UNUSABLE",
  });
});
