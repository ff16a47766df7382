import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importReport, spoolReport } from "../../../src/surface/index.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { linesOf, makeCompany, reportOf } from "../../surface/support/reports.ts";

describeOnEachEngine("The job of imports", (context) => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-job-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("goes on with what was interrupted, and removes what nobody needs; tried, it does neither", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const text = linesOf(Array.from({ length: 1100 }, (_, index) => ({ rule: "one", context: [`${index}`] })));
    for (const one of [text, "needed by nobody"])
      (await spoolReport([new TextEncoder().encode(one)], { folder, maxBytes: 10_000_000 })).leave();
    const stopping = new AbortController();
    const options = { companyId, source: reportOf(text), format: "nerve", sliceRecords: 500, signal: stopping.signal };
    const importing = importReport(db, { ...options, onProgress: () => stopping.abort() });
    await expect(importing).rejects.toMatchObject({ name: "AbortError" });
    clock.set(new Date(Date.now() + 3_600_000));
    const run = async (dryRun: boolean) =>
      (await runMaintenance(db, "hourly", { only: ["imports"], importFolder: folder, dryRun })).jobs;
    await run(true);
    expect(await readdir(folder)).toHaveLength(2);
    expect(await run(false)).toMatchObject([
      { status: "done", result: { resumed: 1, failed: 0, waiting: 0, removed: 1 } },
    ]);
    expect(await readdir(folder)).toEqual([]);
  });
});
