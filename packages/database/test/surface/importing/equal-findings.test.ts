import { expect, test } from "vitest";
import { importReport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

/** A report of the same code on many lines, which nothing but their positions tells apart. */
function equalLines(count: number): string {
  const results = Array.from({ length: count }, (_, index) => ({
    check_id: "rules.weak-hash",
    path: "src/hash.py",
    start: { line: index + 1, col: 1 },
    end: { line: index + 1, col: 9 },
    extra: { message: "Weak hash", severity: "WARNING", lines: "md5(x)", metadata: {} },
  }));
  return JSON.stringify({ version: "1.99.0", results, errors: [], paths: { scanned: ["src/hash.py"] } });
}

describeOnEachEngine("Equal findings", (context) => {
  test("that are too many for one slice are findings of their own, and the same again", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const count = 501;
    const source = reportOf(equalLines(count));
    const report = { companyId, source, format: "semgrep", target: "app", sliceRecords: 300 } as const;
    expect(await importReport(db, report)).toMatchObject({ created: count, closed: 0 });
    expect(await importReport(db, report)).toMatchObject({ created: 0, untouched: count, updated: 0, closed: 0 });
  });
});
