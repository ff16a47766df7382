import { beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/access/caller.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { findings } from "../../../src/schema/surface/findings.ts";
import { exportFindings, type FindingExport, importReport } from "../../../src/surface/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { fillCompany } from "../../support/surface/many-findings.ts";
import { importLines, type Line, makeCompany, reportOf } from "../support/reports.ts";
import { readSarif } from "../support/sarif.ts";

/** Findings of several tools, with all that a line can hold. */
const rich = [
  {
    kind: "finding",
    source: "trivy",
    rule: {
      key: "CVE-2026-10001",
      kind: "vulnerability",
      title: 'A "library" is old',
      severity: "high",
      description: "It is old.\nVery.",
      remediation: "Take a new one.",
      references: ["https://example.org/a b", "not an address"],
      cwes: ["CWE-79"],
      tags: ["library"],
    },
    asset: { kind: "image", name: "registry.example.org/shop" },
    title: "lib is old",
    severity: "critical",
    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    exploited: true,
    locations: [
      { component: "lib", version: "1.0", fixedVersion: "2.0", path: "app/pack age.json", message: "found" },
      { component: "lib", version: "1.1", path: "C:\\other\\lock.json", detail: { b: ["x"], a: 1 } },
    ],
  },
  ...[3, 9].map((line) => ({
    kind: "finding",
    source: "semgrep",
    rule: { key: "eval", kind: "weakness", title: "eval" },
    asset: { kind: "repository", name: "https://user@example.org/shop.git" },
    severity: "medium",
    context: ["src/a.ts", "eval(x)"],
    positional: true,
    locations: [{ path: "src/a.ts", line, endLine: line + 1, startColumn: 2, endColumn: 9 }],
  })),
  {
    kind: "finding",
    source: "zap",
    rule: "10001",
    asset: { kind: "service", host: "2001:db8::1", port: 8443, transport: "tcp" },
    severity: "info",
    state: "suppressed",
    reason: "the scanner was told so",
    locations: [
      { url: "https://[2001:db8::1]:8443/a?b={c}", method: "GET", parameter: "b", message: "password=hunter2hunter2" },
      { url: "https://[2001:db8::1]:8443/x" },
    ],
  },
  { kind: "finding", source: "dns", rule: "no-spf", asset: "example.org", severity: "low", score: 3.1 },
  { kind: "finding", source: "dns", rule: "lost", asset: { kind: "unnamed" }, severity: "low" },
];
const richReport = rich.map((line) => `${JSON.stringify(line)}\n`).join("");

describeOnEachEngine("Exporting findings", (context) => {
  const read = async (wanted: FindingExport, caller?: Caller) => {
    let text = "";
    for await (const piece of exportFindings(context.db, wanted, caller)) text += piece;
    return text;
  };
  const importText = (companyId: number, text: string) =>
    importReport(context.db, { companyId, source: reportOf(text), format: "nerve" });
  const auditOf = async (companyId: number) => {
    const query = context.db.sql.selectFrom("audit_logs").select(["action", "user_id", "metadata_json"]);
    const rows = await fetchAll(context.db, query.where("company_id", "=", companyId).orderBy("id"));
    return rows.filter(({ action }) => action.startsWith("findings_export"));
  };
  const setStatus = async (
    title: string,
    companyId: number,
    fields: Parameters<typeof changeRow<typeof findings>>[3],
  ) => {
    const query = context.db.sql.selectFrom("findings").select("id").where("company_id", "=", companyId);
    for (const { id } of await fetchAll(context.db, query.where("title", "=", title)))
      await transaction(context.db, (tx) => changeRow(tx, findings, id, fields));
  };
  const closed = { isOpen: false, dueAt: null } as const;

  describe("of a company with all kinds of them", () => {
    let companyId: number;
    beforeAll(async () => {
      companyId = await makeCompany(context.db);
      expect(await importText(companyId, richReport)).toMatchObject({ created: rich.length, rejected: 0 });
    });

    test("as lines: an empty company that takes them gives the same bytes", async () => {
      const first = await read({ format: "jsonl", companyId });
      expect(first.split("\n")).toHaveLength(rich.length + 1);
      expect(first).not.toContain("hunter2");
      const other = await makeCompany(context.db);
      expect(await importText(other, first)).toMatchObject({ created: rich.length, rejected: 0, suppressed: 1 });
      expect(await read({ format: "jsonl", companyId: other })).toBe(first);
    });

    test("as lines: they are the same findings where they are known, and nothing changes", async () => {
      const lines = await read({ format: "jsonl", companyId });
      expect(await importText(companyId, lines)).toMatchObject({ created: 0, untouched: rich.length, rescored: 0 });
      expect(await read({ format: "jsonl", companyId })).toBe(lines);
    });

    test("as SARIF: a run for each source with its rules once", async () => {
      const runs = readSarif(await read({ format: "sarif", companyId }));
      expect(runs.map(({ tool, results }) => [tool.driver.name, tool.driver.rules.length, results.length])).toEqual([
        ["dns", 2, 2],
        ["semgrep", 1, 2],
        ["trivy", 1, 1],
        ["zap", 1, 1],
      ]);
      const [dns, semgrep, trivy, zap] = runs;
      expect(dns?.results[0]).toMatchObject({ level: "note", properties: { "security-severity": "3.1" } });
      expect(new Set(semgrep?.results.map((result) => JSON.stringify(result["partialFingerprints"]))).size).toBe(2);
      expect(semgrep?.results[0]?.locations).toMatchObject([
        {
          physicalLocation: {
            artifactLocation: { uri: "src/a.ts" },
            region: { startLine: 3, endLine: 4, startColumn: 2, endColumn: 9 },
          },
          logicalLocations: [{ name: "example.org/shop", kind: "repository" }],
        },
      ]);
      expect(trivy?.results[0]).toMatchObject({
        level: "error",
        properties: { "security-severity": "9.8", knownExploited: true, cves: ["CVE-2026-10001"] },
        locations: [
          { physicalLocation: { artifactLocation: { uri: "app/pack%20age.json" } }, message: { text: "found" } },
          { logicalLocations: [{ kind: "image" }, { fullyQualifiedName: "lib@1.1", kind: "package" }] },
        ],
      });
      expect(trivy?.tool.driver.rules[0]).toMatchObject({
        helpUri: "https://example.org/a%20b",
        fullDescription: { text: "It is old.\nVery." },
        properties: { tags: ["library", "external/cwe/cwe-79"], "security-severity": "8.0" },
      });
      expect(zap?.results[0]).toMatchObject({
        kind: "informational",
        level: "none",
        suppressions: [{ kind: "external", status: "accepted", justification: "the scanner was told so" }],
      });
    });

    test("as SARIF: an import reads the same findings", async () => {
      const other = await makeCompany(context.db);
      const source = reportOf(await read({ format: "sarif", companyId }));
      const receipt = await importReport(context.db, { companyId: other, source, format: "sarif", target: "shop" });
      expect(receipt).toMatchObject({ created: rich.length, suppressed: 1, rejected: 0 });
      const severities = async (company: number) => {
        const query = context.db.sql.selectFrom("findings").select("severity").where("company_id", "=", company);
        return (await fetchAll(context.db, query)).map(({ severity }) => severity).toSorted();
      };
      expect(await severities(other)).toEqual(await severities(companyId));
      const sources = async (company: number) => {
        const query = context.db.sql.selectFrom("findings").select("source").where("company_id", "=", company);
        return (await fetchAll(context.db, query)).map((row) => row.source).toSorted();
      };
      expect(await sources(other)).toEqual(await sources(companyId));
    });

    test("as CSV: a row each, with its places in one cell", async () => {
      const text = await read({ format: "csv", companyId, bom: true });
      expect(text.startsWith('\u{FEFF}"id","source",')).toBe(true);
      expect(text).toContain('"A ""library"" is old"');
      expect(text).toContain('"lib 1.0 app/pack age.json\nlib 1.1 C:\\other\\lock.json","2"');
      expect(text.endsWith("\r\n")).toBe(true);
      expect((await read({ format: "csv", companyId })).startsWith('"id"')).toBe(true);
    });
  });

  test("tells what people decided, which a report cannot", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "gone" }, { rule: "false" }, { rule: "fixed" }, { rule: "real" }]);
    await setStatus("gone", companyId, { ...closed, status: "resolved", resolvedAt: db.clock.now() });
    await setStatus("false", companyId, { ...closed, status: "false_positive", statusReason: "we looked" });
    await setStatus("fixed", companyId, { ...closed, status: "fixed" });
    await setStatus("real", companyId, { status: "confirmed" });
    const [run] = readSarif(await read({ format: "sarif", companyId }));
    expect(
      run?.results.map((result) => [result.message.text, result["baselineState"], result["suppressions"]]),
    ).toEqual([
      ["gone", "absent", undefined],
      ["false", undefined, [{ kind: "external", status: "accepted", justification: "we looked" }]],
      ["fixed", undefined, undefined],
      ["real", undefined, undefined],
    ]);
    const lines = await read({ format: "jsonl", companyId });
    const states = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { state: string; status: string });
    expect(states.map(({ state, status }) => [state, status])).toEqual([
      ["absent", "resolved"],
      ["suppressed", "false_positive"],
      ["present", "fixed"],
      ["present", "confirmed"],
    ]);
    const other = await makeCompany(db);
    expect(await importText(other, lines)).toMatchObject({ created: 3, suppressed: 1 });
  });

  test("keeps hostile texts as data", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const hostile = [
      "=1+1",
      "+1",
      "-1",
      "@SUM(A1)",
      "\u{FF1D}1",
      "\u{FF0B}1",
      "\u{FF0D}1",
      "\u{FF20}A",
      '","x',
      "__proto__",
      "]]>\u{202E}\u{1F4A3}",
    ];
    await importLines(
      db,
      companyId,
      hostile.map((rule) => ({ rule })),
    );
    const csv = await read({ format: "csv", companyId });
    for (const text of hostile.slice(0, 8)) {
      expect(csv).toContain(`"'${text}"`);
      expect(csv).not.toContain(`"${text}"`);
    }
    expect(csv).toContain('""",""x"'.slice(1));
    const [run] = readSarif(await read({ format: "sarif", companyId }));
    expect(run?.results.map(({ message }) => message.text)).toEqual(hostile);
    const lines = await read({ format: "jsonl", companyId });
    const other = await makeCompany(db);
    await importText(other, lines);
    expect(await read({ format: "jsonl", companyId: other })).toBe(lines);
  });

  test("of nothing is a whole file", async () => {
    const companyId = await makeCompany(context.db);
    expect(await read({ format: "jsonl", companyId })).toBe("");
    expect(readSarif(await read({ format: "sarif", companyId }))).toEqual([]);
    expect((await read({ format: "csv", companyId })).split("\r\n")).toHaveLength(2);
  });

  test("of many holds what the filter asks for, once and in the order of ids, page by page", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const filled = await fillCompany(db, companyId, 2100);
    const titles = async (filter: FindingExport["filter"], caller?: Caller) => {
      const text = await read({ format: "jsonl", companyId, filter }, caller);
      return text.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as { title: string }).title));
    };
    const all = filled.findings.toSorted((one, other) => one.id - other.id);
    const stored = new Map(
      (
        await fetchAll(db, db.sql.selectFrom("findings").select(["id", "title"]).where("company_id", "=", companyId))
      ).map(({ id, title }) => [id, title]),
    );
    const expected = (holds: (finding: (typeof all)[number]) => boolean) =>
      all.filter(holds).map(({ id }) => stored.get(id));
    const rule = filled.rules[3]?.id as number;
    expect(await titles({})).toEqual(expected(() => true));
    expect(await titles({ exploited: true })).toEqual(expected(({ knownExploited }) => knownExploited));
    expect(await titles({ ruleId: rule, open: true })).toEqual(expected((one) => one.ruleId === rule && one.isOpen));
    expect(await titles({ severity: "low" }, inCompany(companyId))).toEqual(expected((one) => one.severity === "low"));
    const mine = expected((one) => one.assignedToUserId === filled.userId);
    expect(await titles({}, onlyOwn(filled.userId))).toEqual(mine);
  });

  test("never holds another company's", async () => {
    const { db } = context;
    const [own, foreign] = [await makeCompany(db), await makeCompany(db)];
    await importLines(db, own, [{ rule: "ours" }]);
    await importLines(db, foreign, [{ rule: "theirs" }]);
    for (const format of ["jsonl", "csv", "sarif"] as const) {
      expect(await read({ format, companyId: own }, inCompany(own))).toMatch(/ours/);
      expect(await read({ format }, inCompany(own))).not.toMatch(/theirs/);
      expect(await read({ format, companyId: foreign }, inCompany(own))).not.toMatch(/theirs|ours/);
    }
    await expect(read({ format: "csv" })).rejects.toMatchObject({ code: "COMPANY_NEEDED" });
  });

  test("is in the audit log: who, what and how many, also where it is not read to its end", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const { id: userId } = await createTestUser(db, { company_id: companyId, role: "analyst" });
    await importLines(
      db,
      companyId,
      Array.from({ length: 12 }, (_, at): Line => ({ rule: `rule-${at}` })),
    );
    const caller = inCompany(companyId, { userId });
    await read({ format: "csv", filter: { open: true } }, caller);
    const log = [
      { action: "findings_export_begun", userId, metadataJson: { format: "csv", filter: { open: true } } },
      { action: "findings_exported", userId, metadataJson: { format: "csv", findings: 12, whole: true } },
    ];
    expect(await auditOf(companyId)).toEqual(log);
    for await (const _ of exportFindings(db, { format: "csv", bom: true }, caller)) break;
    expect(await auditOf(companyId)).toEqual([
      ...log,
      { action: "findings_export_begun", userId, metadataJson: { format: "csv", filter: {} } },
      { action: "findings_exported", userId, metadataJson: { format: "csv", findings: 0, whole: false } },
    ]);
  });

  test("ends when it is told to, and says that it was not whole", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "one" }, { rule: "two" }]);
    const caller = inCompany(companyId);
    const ending = new AbortController();
    const pieces = exportFindings(db, { format: "csv", bom: true, signal: ending.signal }, caller);
    await pieces.next();
    ending.abort();
    await expect(pieces.next()).rejects.toMatchObject({ name: "AbortError" });
    expect((await auditOf(companyId)).at(-1)?.metadataJson).toEqual({ format: "csv", findings: 0, whole: false });
  });

  test("refuses what it does not know", async () => {
    await expect(read({ format: "xml" as never })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(read({ format: "csv", filter: { severity: "bad" as never } })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});
