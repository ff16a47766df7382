import { beforeAll, expect, test } from "vitest";
import { getImport, importReport, listImports, undoImport } from "../../../src/surface/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, on, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";
import { importLines, linesOf, reportOf } from "../support/reports.ts";

type Filter = NonNullable<Parameters<typeof listImports>[1]>;

describeOnEachEngine("Imports", (context) => {
  let companyId = 0;
  let userId = 0;
  const made: number[] = [];
  beforeAll(async () => {
    const { db, clock } = context;
    companyId = (await createTestCompany(db)).id;
    userId = (await createTestUser(db, { company_id: companyId, role: "analyst" })).id;
    for (const series of ["nightly", "nightly", "weekly", "nightly"]) {
      const source = reportOf(`${linesOf([{ rule: `of ${series}` }])}{"kind":"finding"}\n`);
      const report = { companyId, format: "nerve", series, source, fileName: "night.jsonl" };
      made.unshift((await importReport(db, report, on({ userId }))).importId);
      clock.advance({ minutes: 1 });
    }
    await undoImport(db, { id: made[1] as number });
    await importLines(db, (await createTestCompany(db)).id, [{ rule: "elsewhere" }]);
  });

  const ids = async (filter: Filter, caller = inCompany(companyId)) =>
    (await listImports(context.db, filter, caller)).items.map(({ importId }) => importId);

  test("are listed newest first, each with its receipt", async () => {
    const { items, nextCursor } = await listImports(context.db, { companyId });
    expect(items.map(({ importId }) => importId)).toEqual(made);
    expect(nextCursor).toBeNull();
    expect(items[0]).toMatchObject({
      companyId,
      userId,
      source: "nerve-lines",
      series: "nightly",
      fileName: "night.jsonl",
      status: "done",
      outcome: "read",
      records: 1,
      rejected: 1,
      untouched: 1,
      services: { opened: 0, closed: 0 },
    });
    expect(items[0]).not.toHaveProperty("counts");
    expect(items[1]).toMatchObject({ status: "undone", series: "weekly", undoneAt: context.clock.now() });
  });

  test("can be narrowed by series, source, status and time", async () => {
    const [newest] = (await listImports(context.db, { companyId, limit: 1 })).items;
    const nightly = [made[0], made[2], made[3]];
    expect(await ids({ seriesId: newest?.seriesId })).toEqual(nightly);
    expect(await ids({ source: "nerve-lines" })).toEqual(made);
    expect(await ids({ source: "trivy" })).toEqual([]);
    expect(await ids({ status: "undone" })).toEqual([made[1]]);
    const { scanId = "" } = newest ?? {};
    expect(await ids({ scanId })).toEqual([newest?.importId]);
    expect(await ids({ scanId, seriesId: newest?.seriesId, status: "done" })).toEqual([newest?.importId]);
    expect(await ids({ scanId, seriesId: 2_000_000_000 })).toEqual([]);
    expect(await ids({ status: "done", seriesId: newest?.seriesId })).toEqual(nightly);
    const since = newest?.startedAt as Date;
    expect(await ids({ since })).toEqual([made[0]]);
    expect(await ids({ until: since })).toEqual(made.slice(1));
  });

  test.each([{}, { status: "done" as const }])("come on pages, once each: %o", async (filter) => {
    const { seriesId } = (await listImports(context.db, { companyId })).items[0] as { seriesId: number };
    for (const more of [filter, { ...filter, seriesId }]) {
      const all = await ids(more);
      const paged: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await listImports(context.db, { ...more, companyId, limit: 1, cursor });
        paged.push(...page.items.map(({ importId }) => importId));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(all);
    }
  });

  test("attack: are those of one company, and of one user who reaches their own alone", async () => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    const { seriesId } = (await listImports(db, { companyId })).items[0] as { seriesId: number };
    for (const filter of [{ companyId }, { seriesId }, { source: "nerve-lines" }]) {
      expect(await ids(filter, inCompany(elsewhere))).toEqual([]);
    }
    expect(await ids({}, onlyOwn(userId))).toEqual(made);
    const { id: colleague } = await createTestUser(db, { company_id: companyId });
    expect(await ids({}, onlyOwn(colleague))).toEqual([]);
    await expect(listImports(db, {})).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
  });

  test("attack: a hostile source is one that nothing has", async () => {
    for (const source of hostileStrings.filter((text) => text.length <= 50)) expect(await ids({ source })).toEqual([]);
  });

  test("are read from an index, without a sort and without a scan", async () => {
    const { db } = context;
    const { seriesId } = (await listImports(db, { companyId })).items[0] as { seriesId: number };
    const byTime = "scan_imports_company_id_started_at_id_index";
    const cases: [Filter, string][] = [
      [{}, byTime],
      [{ since: new Date(0), status: "done" }, byTime],
      [{ seriesId }, "scan_imports_series_id_id_index"],
      [{ seriesId, status: "done" }, "scan_imports_series_id_id_index"],
      // Of so few rows PostgreSQL takes either index of the company.
      [
        { scanId: "nightly", seriesId },
        context.engine === "sqlite" ? "scan_imports_company_id_scan_id_key" : "company_id",
      ],
    ];
    for (const [filter, index] of cases) {
      const { nextCursor } = await listImports(db, { companyId, ...filter, limit: 1 });
      for (const cursor of [undefined, nextCursor ?? undefined]) {
        const call = { ...filter, limit: 1, cursor };
        const plans = await plansOf(db, (handle) => listImports(handle, call, inCompany(companyId)));
        for (const plan of plans) {
          expect(plan).toContain(index);
          expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
          expect(plan).not.toMatch(fullScanOf("scan_imports"));
        }
      }
    }
  });

  test("one is shown with what was refused of its report, and what that may speak for", async () => {
    const shown = await getImport(context.db, { id: made[0] as number }, inCompany(companyId));
    expect(shown).toMatchObject({ importId: made[0], rejected: 1, rejects: [{ place: expect.any(String) }] });
    expect(shown.coverage).toMatchObject({ everything: false, assets: 0 });
  });
});
