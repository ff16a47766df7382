import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { ConflictError, NotFoundError, ValidationError } from "../../src/errors/index.ts";
import { getLightboxScanById, getXasmScanById, saveLightboxScan, saveXasmScan } from "../../src/scans/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { createTestUser } from "../support/people/accounts.ts";

const rowsOf = statement((sql, { scanId }: { scanId: string }) =>
  sql
    .selectFrom("xasm_scan_history")
    .select(["id", "target", "timestamp", "user_id", "created_at", "updated_at"])
    .where("scan_id", "=", scanId),
);

/** A list in a list in a list … */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

describeOnEachEngine("saveXasmScan", (context) => {
  test("stores the results with a summary of them", async () => {
    const userId = (await createTestUser(context.db)).id;
    const results = {
      status: "partial",
      subdomains: ["a.example.org", "b.example.org"],
      port_scan_results: [{ risk_level: "HIGH" }, { risk_level: "high" }, { port: 1 }],
      cve_statistics: { total_cves: 7, critical_cves: 2 },
      risk_score: 62.5,
      risk_level: "medium",
      other: { "": [0, "", null, false, "\u00fc😀"] },
    };
    const saved = await saveXasmScan(context.db, { scanId: "whole", target: "example.org", results, userId });
    const summary = {
      total_subdomains: 2,
      total_services: 3,
      total_vulnerabilities: 7,
      critical_vulns: 2,
      high_vulns: 1,
      risk_score: 62.5,
      risk_level: "medium",
    };
    const notFed = { findings: null, reason: "no-company" };
    expect(saved).toEqual({ id: saved.id, status: "partial", timestamp: context.clock.now(), summary, ...notFed });
    expect(await getXasmScanById(context.db, { scanId: "whole" })).toEqual({
      id: saved.id,
      scanId: "whole",
      target: "example.org",
      timestamp: context.clock.now(),
      status: "partial",
      userId,
      companyId: null,
      results,
      summary,
    });
  });

  test("takes what the results leave out as nothing", async () => {
    const saved = await saveXasmScan(context.db, { scanId: "empty", target: "example.org", results: {} });
    expect(saved).toMatchObject({
      status: "completed",
      summary: {
        total_subdomains: 0,
        total_services: 0,
        total_vulnerabilities: 0,
        critical_vulns: 0,
        high_vulns: 0,
        risk_score: 0,
        risk_level: "low",
      },
    });
  });

  test("replaces the results of the same scan, and keeps when it was first saved", async () => {
    const scan = { scanId: "again", target: "example.org" };
    const first = await saveXasmScan(context.db, { ...scan, results: { subdomains: ["one"] } });
    const created = context.clock.now();
    context.clock.advance({ hours: 1 });
    const second = await saveXasmScan(context.db, { ...scan, results: { subdomains: ["one", "two"] } });
    expect(second).toMatchObject({ id: first.id, summary: { total_subdomains: 2 } });
    expect(await rowsOf.all(context.db, { scanId: "again" })).toMatchObject([
      { timestamp: context.clock.now(), createdAt: created, updatedAt: context.clock.now() },
    ]);
  });

  test("saves a scan once when it comes many times at once, from two processes", async () => {
    const other = await context.openAnother();
    const saved = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        saveXasmScan(index % 2 === 0 ? context.db : other, { scanId: "race", target: "example.org", results: {} }),
      ),
    );
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    expect(await rowsOf.all(context.db, { scanId: "race" })).toHaveLength(1);
  });

  test("attack: nobody overwrites the scan of another user, of nobody, or of another target", async () => {
    const owner = (await createTestUser(context.db)).id;
    const thief = (await createTestUser(context.db)).id;
    const target = "example.org";
    const results = { subdomains: ["original"] };
    await saveXasmScan(context.db, { scanId: "owned", target, results, userId: owner });
    await saveXasmScan(context.db, { scanId: "unowned", target, results });
    const attempts = [
      { scanId: "owned", target, results: {}, userId: thief },
      { scanId: "owned", target, results: {} },
      { scanId: "unowned", target, results: {}, userId: thief },
      { scanId: "owned", target: "example.com", results: {}, userId: owner },
    ];
    for (const attempt of attempts) {
      const outcome = saveXasmScan(context.db, attempt);
      await expect(outcome).rejects.toBeInstanceOf(ConflictError);
      await expect(outcome).rejects.toMatchObject({ field: "scanId" });
    }
    for (const scanId of ["owned", "unowned"]) {
      expect(await getXasmScanById(context.db, { scanId })).toMatchObject({ target, results });
    }
  });

  test.each([
    [null, "results"],
    [[], "results"],
    ["text", "results"],
    [{ subdomains: null }, "results.subdomains"],
    [{ subdomains: "www" }, "results.subdomains"],
    [{ port_scan_results: {} }, "results.port_scan_results"],
    [{ port_scan_results: [{}, "open"] }, "results.port_scan_results.1"],
    [{ cve_statistics: [] }, "results.cve_statistics"],
    [{ cve_statistics: { total_cves: "7" } }, "results.cve_statistics.total_cves"],
    [{ cve_statistics: { critical_cves: -1 } }, "results.cve_statistics.critical_cves"],
    [{ risk_score: "high" }, "results.risk_score"],
    [{ risk_level: null }, "results.risk_level"],
    [{ status: 5 }, "results.status"],
    [{ found: [{ at: Number.NaN }] }, "results.found.0.at"],
  ])("refuses results of the shape %j and names %s", async (results, field) => {
    const outcome = saveXasmScan(context.db, { scanId: "shape", target: "example.org", results });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    await expect(getXasmScanById(context.db, { scanId: "shape" })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("attack: results too deep, too large, circular or made to pollute are refused soon", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const hostile = [
      { deep: nested(1_000_000) },
      { large: "x".repeat(16 * 1024 * 1024) },
      circular,
      JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
      { text: "a\u0000b" },
      { text: "\ud800" },
    ];
    for (const results of hostile) {
      const scan = { scanId: "hostile", target: "example.org", results: results as never };
      await expect(saveXasmScan(context.db, scan)).rejects.toBeInstanceOf(ValidationError);
      await expect(saveLightboxScan(context.db, scan)).rejects.toBeInstanceOf(ValidationError);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("attack: SQL in a field is stored as text", async () => {
    const injection = `'); DROP TABLE xasm_scan_history; --`;
    const results = { [injection]: injection, status: injection, risk_level: injection };
    await saveXasmScan(context.db, { scanId: injection, target: injection, results });
    expect(await getXasmScanById(context.db, { scanId: injection })).toMatchObject({ target: injection, results });
    await expect(getXasmScanById(context.db, { scanId: "' OR '1'='1" })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("refuses empty ids, control characters, user 0 and fields that it does not know", async () => {
    const scan = { scanId: "ok", target: "example.org", results: {} };
    for (const [change, field] of [
      [{ scanId: "" }, "scanId"],
      [{ scanId: "a\n" }, "scanId"],
      [{ scanId: "x".repeat(256) }, "scanId"],
      [{ target: " " }, "target"],
      [{ userId: 0 }, "userId"],
      [{ id: 1 }, "id"],
    ] as const) {
      await expect(saveXasmScan(context.db, { ...scan, ...change })).rejects.toMatchObject({ field });
    }
    await expect(saveXasmScan(context.db, { ...scan, userId: 999_999 })).rejects.toMatchObject({
      code: "REFERENCE_VIOLATION",
    });
  });
});

describeOnEachEngine("saveLightboxScan", (context) => {
  test("stores the results with a summary of them, and the counts of tests", async () => {
    const results = { total_tests: 12, total_findings: 1, critical: [], high: ["x"], medium: [], low: [] };
    const saved = await saveLightboxScan(context.db, { scanId: "lb", target: "example.org", results });
    expect(saved.summary).toEqual({
      total_tests: 12,
      passed: 11,
      failed: 1,
      pass_rate: 91.7,
      critical: 0,
      high: 1,
      medium: 0,
      low: 0,
    });
    expect(await getLightboxScanById(context.db, { scanId: "lb" })).toMatchObject({
      results,
      summary: saved.summary,
      totalTests: 12,
      passedTests: 11,
      failedTests: 1,
    });
  });

  test.each([
    [
      { total_tests: 2, total_findings: 5 },
      { total_tests: 2, passed: 0, failed: 2, pass_rate: 0 },
    ],
    [{ total_findings: 5 }, { total_tests: 0, passed: 0, failed: 0, pass_rate: 0 }],
    [
      { total_tests: 4, high: [1], low: [2] },
      { passed: 2, failed: 2, pass_rate: 50, high: 1, low: 1 },
    ],
    [
      { total_tests: 3, total_findings: 0 },
      { passed: 3, failed: 0, pass_rate: 100 },
    ],
  ])("sums up %j sanely: findings are not tests", async (results, summary) => {
    const saved = await saveLightboxScan(context.db, {
      scanId: JSON.stringify(results),
      target: "example.org",
      results,
    });
    expect(saved.summary).toMatchObject(summary);
  });

  test("updates the counts of tests when the scan is saved again", async () => {
    const scan = { scanId: "lb-again", target: "example.org" };
    await saveLightboxScan(context.db, { ...scan, results: { total_tests: 10 } });
    await saveLightboxScan(context.db, { ...scan, results: { total_tests: 20, low: [1] } });
    expect(await getLightboxScanById(context.db, { scanId: "lb-again" })).toMatchObject({
      totalTests: 20,
      passedTests: 19,
      failedTests: 1,
    });
  });

  test.each([
    [[], "results"],
    [{ critical: null }, "results.critical"],
    [{ critical: 3 }, "results.critical"],
    [{ total_tests: -1 }, "results.total_tests"],
    [{ total_tests: 1.5 }, "results.total_tests"],
    [{ total_findings: "2" }, "results.total_findings"],
  ])("refuses results of the shape %j and names %s", async (results, field) => {
    const outcome = saveLightboxScan(context.db, { scanId: "lb-shape", target: "example.org", results });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("attack: nobody overwrites the scan of another user", async () => {
    const owner = (await createTestUser(context.db)).id;
    const thief = (await createTestUser(context.db)).id;
    const scan = { scanId: "lb-owned", target: "example.org", results: { total_tests: 1 } };
    await saveLightboxScan(context.db, { ...scan, userId: owner });
    await expect(saveLightboxScan(context.db, { ...scan, userId: thief })).rejects.toBeInstanceOf(ConflictError);
    expect(await getLightboxScanById(context.db, { scanId: "lb-owned" })).toMatchObject({ userId: owner });
  });
});
