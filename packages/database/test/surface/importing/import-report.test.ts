import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { confirmClosures, decideFindings, importReport, listFindings } from "../../../src/surface/index.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { importLines, linesOf, makeCompany, reportOf } from "../support/reports.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ rule: `rule-${index}` }));

describeOnEachEngine("An import", (context) => {
  const statuses = async (companyId: number) => {
    const query = context.db.sql.selectFrom("findings").select(["status", "title"]).where("company_id", "=", companyId);
    return Object.fromEntries((await fetchAll(context.db, query)).map(({ title, status }) => [title, status]));
  };

  test("opens, sees again, resolves and brings back", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    expect(await importLines(db, companyId, [{ rule: "a" }, { rule: "b" }])).toMatchObject({ created: 2, closed: 0 });
    expect(await importLines(db, companyId, [{ rule: "a" }])).toMatchObject({ untouched: 1, closed: 1 });
    expect(await statuses(companyId)).toEqual({ a: "open", b: "resolved" });
    expect(await importLines(db, companyId, [{ rule: "a" }, { rule: "b" }])).toMatchObject({
      untouched: 1,
      reactivated: 1,
      created: 0,
    });
    expect(await statuses(companyId)).toEqual({ a: "open", b: "open" });
  });

  test("closes nothing that another series still sees", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "a" }], { series: "nightly" });
    await importLines(db, companyId, [{ rule: "a" }], { series: "weekly" });
    expect(await importLines(db, companyId, [], { series: "nightly" })).toMatchObject({ closed: 0 });
    expect(await importLines(db, companyId, [], { series: "weekly" })).toMatchObject({ closed: 1 });
  });

  test.each([
    ["the caller says that it is partial", { partial: true }],
    ["closing is forbidden", { close: "never" as const }],
    ["nobody says what it covers", { complete: false }],
    ["it covers another host", { complete: false, covers: ["other.example.org"] }],
  ])("closes nothing where %s", async (_, options) => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "a" }]);
    expect(await importLines(db, companyId, [{ rule: "b" }], options)).toMatchObject({ created: 1, closed: 0 });
    expect(await statuses(companyId)).toEqual({ a: "open", b: "open" });
  });

  test.each(["www.example.org", "https://www.example.org"])(
    "closes what the caller says it covers: %s",
    async (target) => {
      const { db } = context;
      const companyId = await makeCompany(db);
      await importLines(db, companyId, [{ rule: "a" }, { rule: "elsewhere", asset: "https://api.example.org" }]);
      const options = { complete: false, covers: [target] };
      expect(await importLines(db, companyId, [], options)).toMatchObject({ closed: 1 });
      expect(await statuses(companyId)).toEqual({ a: "resolved", elsewhere: "open" });
    },
  );

  test("holds back what would close too much, until somebody confirms it", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, many(30));
    const receipt = await importLines(db, companyId, [{ rule: "rule-0" }]);
    expect(receipt).toMatchObject({ held: 29, closed: 0 });
    expect(await confirmClosures(db, { id: receipt.importId })).toEqual({ importId: receipt.importId, closed: 29 });
    expect(await confirmClosures(db, { id: receipt.importId })).toMatchObject({ closed: 0 });
    expect(await importLines(db, companyId, many(30))).toMatchObject({ reactivated: 29, untouched: 1 });
    expect(await importLines(db, companyId, [], { close: "unheld" })).toMatchObject({ held: 0, closed: 30 });
  });

  test("that is only tried leaves nothing, and tells the same", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    expect(await importLines(db, companyId, [{ rule: "a" }], { dryRun: true })).toMatchObject({
      importId: 0,
      created: 1,
    });
    expect(await statuses(companyId)).toEqual({});
    const imports = db.sql.selectFrom("scan_imports").select("id").where("company_id", "=", companyId);
    expect(await fetchAll(db, imports)).toEqual([]);
  });

  test("that is only tried, and is too large to be held in memory, tells the same as in earnest, and leaves nothing", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, many(30));
    const report = [...many(25), { rule: "rule-0", asset: "https://other.example.org" }, { rule: "new" }];
    const options = { sliceRecords: 10, close: "unheld" } as const;
    const tried = await importLines(db, companyId, report, { ...options, dryRun: true });
    expect(Object.keys(await statuses(companyId))).toHaveLength(30);
    const scannedAt = new Date(clock.now().getTime() - 1000);
    await expect(importLines(db, companyId, report, { ...options, dryRun: true, scannedAt })).rejects.toMatchObject({
      code: "REPORT_OUT_OF_DATE",
    });
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(importLines(db, companyId, report, { ...options, dryRun: true, signal: stopped })).rejects.toThrow(
      "stopped",
    );
    const { importId, ...told } = await importLines(db, companyId, report, options);
    expect(tried).toEqual({ ...told, importId: 0, scanId: tried.scanId });
    expect(importId).toBeGreaterThan(0);
    expect(told).toMatchObject({ created: 2, closed: 5, untouched: 25 });
  });

  test("of a scan that was imported answers with the first receipt", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = await importLines(db, companyId, [{ rule: "a" }], { scanId: "nightly-7" });
    expect(await importLines(db, companyId, [{ rule: "b" }], { scanId: "nightly-7" })).toEqual(first);
  });

  test("is refused when it is older than what its series saw of its assets, and taken where it is to count as the newest", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "a" }]);
    const scannedAt = new Date(clock.now().getTime() - 1000);
    const outdated = { code: "REPORT_OUT_OF_DATE" };
    await expect(importLines(db, companyId, [{ rule: "b" }], { scannedAt })).rejects.toMatchObject(outdated);
    // What was found open later is not closed by an earlier scan that found nothing, whatever it covers.
    await expect(importLines(db, companyId, [], { scannedAt })).rejects.toMatchObject(outdated);
    const covering = { scannedAt, complete: false, covers: ["www.example.org"] };
    await expect(importLines(db, companyId, [], covering)).rejects.toMatchObject(outdated);
    expect(await importLines(db, companyId, [{ rule: "b" }], { scannedAt, asNewest: true })).toMatchObject({
      created: 1,
    });
  });

  test("is refused when a later scan found nothing any more where it was, and taken where that one was partial", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const hoursAgo = (hours: number) => new Date(clock.now().getTime() - hours * 3_600_000);
    await importLines(db, companyId, [{ rule: "a" }], { scannedAt: hoursAgo(3) });
    await importLines(db, companyId, [], { scannedAt: hoursAgo(1), partial: true });
    expect(await importLines(db, companyId, [{ rule: "a" }], { scannedAt: hoursAgo(2) })).toMatchObject({
      untouched: 1,
    });
    expect(await importLines(db, companyId, [], { scannedAt: hoursAgo(1) })).toMatchObject({ closed: 1 });
    await expect(importLines(db, companyId, [{ rule: "a" }], { scannedAt: hoursAgo(2) })).rejects.toMatchObject({
      code: "REPORT_OUT_OF_DATE",
    });
    expect(await statuses(companyId)).toEqual({ a: "resolved" });
  });

  test("does not take a rating of what is said to be fixed for another claim", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "a" }]);
    const { items } = await listFindings(db, { companyId });
    await decideFindings(db, { ids: items.map(({ id }) => id), action: "fixed", reason: "It was patched." });
    const claimedAt = clock.now();
    clock.advance({ hours: 2 });
    await importLines(db, companyId, [{ rule: "a", severity: "high" }], { scannedAt: claimedAt });
    expect(await statuses(companyId)).toEqual({ a: "fixed" });
    await importLines(db, companyId, [{ rule: "a" }], { scannedAt: new Date(claimedAt.getTime() + 3_600_000) });
    expect(await statuses(companyId)).toEqual({ a: "open" });
  });

  test("of more than one slice does what one of a single slice does", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const lines = many(56);
    const sliced = { sliceRecords: 10 };
    expect(await importLines(db, companyId, lines, sliced)).toMatchObject({ status: "done", created: 56 });
    const worse = lines.map((line, index) => (index % 10 === 0 ? { ...line, severity: "high" } : line));
    const same = { untouched: 56, rescored: 0, updated: 0, closed: 0 };
    expect(await importLines(db, companyId, worse, sliced)).toMatchObject({ ...same, rescored: 6 });
    // Records of one finding, far apart: the worst of them counts, and the first one's text.
    const [first, ...rest] = worse as [{ rule: string }, ...{ rule: string }[]];
    const apart = [...rest.slice(0, 55), first, { ...first, severity: "info", at: ["/more"] }];
    expect(await importLines(db, companyId, apart, sliced)).toMatchObject({ ...same, updated: 1 });
    expect(await importLines(db, companyId, apart, sliced)).toMatchObject(same);
    expect(await importLines(db, companyId, worse.slice(10), sliced)).toMatchObject({ untouched: 46, closed: 10 });
  });

  test("in a transaction of the caller's is part of that, and nothing of its own", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const told: number[] = [];
    const onProgress = ({ records }: { records: number }) => void told.push(records);
    const taken = transaction(db, async (tx) => {
      const source = reportOf(linesOf(many(3)));
      await importReport(tx, { companyId, source, format: "nerve", sliceRecords: 1, onProgress });
      throw new Error("Taken back.");
    });
    await expect(taken).rejects.toThrow("Taken back.");
    expect([told, await statuses(companyId)]).toEqual([[], {}]);
  });

  test("is of the company that it is for: another's is not there, and a rule's text stays with its company", async () => {
    const { db } = context;
    const [one, other] = [await makeCompany(db), await makeCompany(db)];
    const source = reportOf(linesOf([{ rule: "a" }]));
    await expect(importReport(db, { companyId: one, source, format: "nerve" }, inCompany(other))).rejects.toMatchObject(
      {
        code: "NOT_FOUND",
      },
    );
    await importLines(db, one, [{ rule: "a" }]);
    await importLines(db, other, [{ rule: "a" }]);
    expect(await importLines(db, one, [])).toMatchObject({ closed: 1 });
    expect(await statuses(other)).toEqual({ a: "open" });
  });

  test.each([
    ["no report", "hello", "FORMAT_UNKNOWN"],
    ["a report that is broken", `{"runs": [{]}`, "REPORT_MALFORMED"],
  ])("of %s stores nothing", async (_, content, code) => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const format = code === "FORMAT_UNKNOWN" ? {} : { format: "sarif" };
    await expect(importReport(db, { companyId, source: reportOf(content), ...format })).rejects.toMatchObject({ code });
    const imports = db.sql.selectFrom("scan_imports").select("id").where("company_id", "=", companyId);
    expect(await fetchAll(db, imports)).toEqual([]);
  });

  test("two of one series at once are taken one after the other", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const receipts = await Promise.all(Array.from({ length: 4 }, () => importLines(db, companyId, many(50))));
    expect(receipts.reduce((sum, { created }) => sum + created, 0)).toBe(50);
    expect(receipts.reduce((sum, { untouched }) => sum + untouched, 0)).toBe(150);
  });

  test("masks what is secret, and keeps no line of it", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const secret = ["hunter2", "is", "no", "secret", "any", "more"].join("-");
    const leak = [
      {
        RuleID: "generic-api-key",
        Description: "A key",
        File: "src/a.ts",
        StartLine: 3,
        Match: `key = ${secret}`,
        Secret: secret,
        Commit: "",
      },
    ];
    await importReport(db, {
      companyId,
      source: reportOf(JSON.stringify(leak), "leaks.json"),
      format: "gitleaks",
      target: "shop",
    });
    for (const table of ["findings", "finding_locations", "finding_rules"] as const) {
      const rows = await fetchAll(db, db.sql.selectFrom(table).selectAll().where("company_id", "=", companyId));
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });
});
