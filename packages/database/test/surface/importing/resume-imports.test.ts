import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import {
  importReport,
  removeLeftOverReports,
  resumeImports,
  spoolReport,
  undoImport,
} from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { killProcess } from "../../support/processes/run.ts";
import { importLines, type Line, linesOf, makeCompany, reportOf } from "../support/reports.ts";

const rules = (count: number): Line[] => Array.from({ length: count }, (_, index) => ({ rule: `rule-${index}` }));

describeOnEachEngine("An import that was interrupted", (context) => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-imports-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const bytesOf = (text: string) => [new TextEncoder().encode(text)];
  const spool = (text: string) => spoolReport(bytesOf(text), { folder, maxBytes: 1_000_000 });

  async function importOf(companyId: number) {
    const query = context.db.sql
      .selectFrom("scan_imports")
      .select(["id", "status", "error_code"])
      .where("company_id", "=", companyId)
      .orderBy("id", "desc");
    return (await fetchAll(context.db, query))[0];
  }

  async function findingsOf(companyId: number) {
    const query = context.db.sql
      .selectFrom("findings")
      .select(["title", "status", "severity"])
      .where("company_id", "=", companyId)
      .orderBy("title");
    return fetchAll(context.db, query);
  }

  /** What there is before, and a report that opens, sees, brings back, rates anew and closes. */
  const before = [...rules(40), { rule: "to-go" }];
  const after = [
    ...rules(30).map((line, index) => (index % 5 === 0 ? { ...line, severity: "high" } : line)),
    ...rules(5).map((line) => ({ ...line, severity: "info", at: ["/elsewhere"] })),
    ...Array.from({ length: 10 }, (_, index) => ({ rule: `new-${index}`, state: index === 0 ? "suppressed" : "open" })),
    { rule: "new-11", asset: "https://new.example.org" },
  ];

  /** Stops an import after two slices, as a server that is stopped does. */
  async function interrupt(companyId: number, text: string): Promise<void> {
    const stopping = new AbortController();
    const onProgress = ({ records }: { records: number }) => void (records >= 20 && stopping.abort());
    const options = { companyId, format: "nerve", complete: true, sliceRecords: 10, signal: stopping.signal };
    const importing = importReport(context.db, { ...options, source: reportOf(text), onProgress });
    await expect(importing).rejects.toMatchObject({ name: "AbortError" });
  }

  test("goes on from its report, counts what it did before as its own, and ends as one that was not", async () => {
    const { db } = context;
    const [companyId, other] = [await makeCompany(db), await makeCompany(db)];
    for (const id of [companyId, other]) {
      await importLines(db, id, before);
      // Some are gone, so that they come back.
      await importLines(db, id, before.slice(10), { close: "unheld" });
    }
    const whole = await importLines(db, other, after, { sliceRecords: 10 });
    await interrupt(companyId, linesOf(after));
    expect(await importOf(companyId)).toMatchObject({ status: "merging" });
    expect((await findingsOf(companyId)).find(({ title }) => title === "to-go")).toMatchObject({ status: "open" });
    const report = await spool(linesOf(after));
    const { receipts, failed, waiting } = await resumeImports(db, { folder, sliceRecords: 10 });
    expect({ failed, waiting, count: receipts.length }).toEqual({ failed: [], waiting: [], count: 1 });
    const { importId: _importId, scanId: _scanId, ...same } = whole;
    expect(receipts[0]).toMatchObject(same);
    expect(whole).toMatchObject({ created: 11, reactivated: 10, closed: 11 });
    expect(await findingsOf(companyId)).toEqual(await findingsOf(other));
    expect(await readdir(folder)).toEqual([]);
    await report.remove();
    // Taken back, all of it is.
    await undoImport(db, { id: receipts[0]?.importId ?? 0 });
    await undoImport(db, { id: whole.importId });
    expect(await findingsOf(companyId)).toEqual(await findingsOf(other));
  });

  test("by the death of its process holds no half slice, has closed nothing, and waits for its turn to end", async () => {
    const { db, url, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "to-go" }]);
    const report = await spool(linesOf(rules(35)));
    const order = { url, path: report.path, companyId, now: clock.now().toISOString() };
    await killProcess("import.ts", order);
    expect(await importOf(companyId)).toMatchObject({ status: "merging" });
    const found = await findingsOf(companyId);
    expect(found).toHaveLength(21);
    expect(found.every(({ status }) => status === "open")).toBe(true);
    const { id = 0 } = (await importOf(companyId)) ?? {};
    expect(await resumeImports(db, { folder })).toEqual({ receipts: [], failed: [], waiting: [id] });
    await expect(importLines(db, companyId, [], { waitMs: 0 })).rejects.toMatchObject({ code: "IMPORT_RUNNING" });
    clock.advance({ minutes: 3 });
    const { receipts } = await resumeImports(db, { folder });
    expect(receipts).toMatchObject([{ importId: id, status: "done", created: 35, closed: 1 }]);
    await report.remove();
  });

  test("goes on when the same scan is sent again", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const stopping = new AbortController();
    const lines = rules(30);
    const scan = { scanId: "nightly-1", sliceRecords: 10 };
    const onProgress = () => stopping.abort();
    await expect(importLines(db, companyId, lines, { ...scan, signal: stopping.signal, onProgress })).rejects.toThrow();
    await expect(importLines(db, companyId, rules(31), scan)).rejects.toMatchObject({ code: "REPORT_MALFORMED" });
    expect(await importLines(db, companyId, lines, scan)).toMatchObject({
      status: "done",
      created: 30,
      scanId: "nightly-1",
    });
  });

  test("has failed where its report is gone, and still goes on with it, or is taken back", async () => {
    const { db } = context;
    const [companyId, other] = [await makeCompany(db), await makeCompany(db)];
    for (const id of [companyId, other]) await interrupt(id, linesOf(rules(30)));
    const { receipts, failed } = await resumeImports(db, { folder });
    expect({ receipts, codes: failed.map(({ code }) => code) }).toEqual({
      receipts: [],
      codes: ["FILE_UNUSABLE", "FILE_UNUSABLE"],
    });
    const { id = 0, ...told } = (await importOf(companyId)) ?? {};
    expect(told).toEqual({ status: "failed", errorCode: "FILE_UNUSABLE" });
    const file = join(folder, "given.jsonl");
    await writeFile(file, linesOf(rules(30)));
    expect(await resumeImports(db, { id, file })).toMatchObject({ receipts: [{ status: "done", created: 30 }] });
    expect(await undoImport(db, { id: (await importOf(other))?.id ?? 0 })).toMatchObject({ restored: 0 });
    expect(await findingsOf(other)).toEqual([]);
    await rm(file);
  });

  test("has failed where a later one has spoken of the same assets", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await interrupt(companyId, linesOf(rules(30)));
    const { id = 0 } = (await importOf(companyId)) ?? {};
    await importLines(db, companyId, rules(5), { close: "unheld" });
    await spool(linesOf(rules(30)));
    expect((await resumeImports(db, { folder })).failed).toMatchObject([{ importId: id, code: "REPORT_OUT_OF_DATE" }]);
    expect((await findingsOf(companyId)).filter(({ status }) => status === "open")).toHaveLength(5);
  });

  test("leaves its report for as long as it is needed, and for seven days at most", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const own = join(folder, "left-over");
    const text = linesOf(rules(25));
    await interrupt(companyId, text);
    for (const one of [text, "needed by nobody"]) {
      const report = await spoolReport(bytesOf(one), { folder: own, maxBytes: 1000_000 });
      report.leave();
      await utimes(report.path, clock.now(), clock.now());
    }
    await writeFile(join(own, "half.arriving"), "half");
    await utimes(join(own, "half.arriving"), clock.now(), clock.now());
    expect(await removeLeftOverReports(db, own)).toEqual({ removed: 0 });
    clock.advance({ minutes: 10 });
    expect(await removeLeftOverReports(db, own)).toEqual({ removed: 2 });
    expect(await removeLeftOverReports(db, own)).toEqual({ removed: 0 });
    clock.advance({ days: 8 });
    expect(await removeLeftOverReports(db, own)).toEqual({ removed: 1 });
    expect(await removeLeftOverReports(db, join(own, "none"))).toEqual({ removed: 0 });
  });

  test("by whoever took it back stops, and stays taken back", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    let undone: Promise<unknown> | undefined;
    const onProgress = ({ importId, records }: { importId: number; records: number }) => {
      if (records === 10) undone = undoImport(db, { id: importId });
    };
    const importing = importLines(db, companyId, rules(40), { sliceRecords: 10, onProgress });
    await expect(importing).rejects.toMatchObject({ code: "IMPORT_RUNNING" });
    await undone;
    expect(await importOf(companyId)).toMatchObject({ status: "undone" });
    expect(await findingsOf(companyId)).toEqual([]);
  });
});
