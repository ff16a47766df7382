import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { deleteCompany } from "../../../src/identity/index.ts";
import { deleteXasmScan, getXasmScanById, saveLightboxScan, saveXasmScan } from "../../../src/scans/index.ts";
import { findingChangeHandlers } from "../../../src/surface/consequences.ts";
import { json } from "../../../src/schema/kit/parameters.ts";
import { JsonDocument } from "../../../src/validation/input.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeTwoRoles, type TwoRoles } from "../../support/row-security.ts";

const port = (number: number, cves: readonly string[] = []) => ({
  ip: "192.0.2.10",
  port: number,
  protocol: "tcp",
  state: "open",
  cves: cves.map((cve) => ({ cve_id: cve, severity: "HIGH" })),
});
const xasm = { subdomains: [], port_scan_results: [port(443, ["CVE-2026-1001", "CVE-2026-1002"])] };
const lightbox = {
  status: "completed",
  total_tests: 3,
  high: [{ type: "Old library", asset: "www.example.org", url: "https://www.example.org/a" }, "x"],
};
const notFed = (reason: string) => ({ findings: null, reason });

async function findingsOf(db: Handle, companyId: number) {
  const query = db.sql
    .selectFrom("findings")
    .select(["source", "status", "title"])
    .where("company_id", "=", companyId)
    .orderBy("title");
  return fetchAll(db, query);
}

async function importsOf(db: Handle, companyId: number) {
  const query = db.sql
    .selectFrom("scan_imports")
    .innerJoin("scan_series", "scan_series.id", "scan_imports.series_id")
    .select(["scan_series.source", "scan_series.name", "scan_imports.file_name", "scan_imports.user_id"])
    .where("scan_imports.company_id", "=", companyId)
    .orderBy("scan_imports.id");
  return fetchAll(db, query);
}

/** A company with a domain of its own, and somebody in it. */
async function makeOwner(db: Handle) {
  const primaryDomain = `${uniqueWord()}.example`;
  const { id: companyId } = await createTestCompany(db, { primary_domain: primaryDomain });
  const { id: userId } = await createTestUser(db, { company_id: companyId });
  return { companyId, userId, primaryDomain };
}

describeOnEachEngine("The findings of a scan that is saved", (context) => {
  const save = async (scan: Partial<Parameters<typeof saveXasmScan>[1]>, caller?: Parameters<typeof saveXasmScan>[2]) =>
    saveXasmScan(context.db, { scanId: uniqueWord(), target: "example.org", results: xasm, ...scan }, caller);

  test("are those of its owner's company, of the series of its target", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const saved = await save({ scanId: "nightly", userId });
    expect(saved).toMatchObject({ reason: null, findings: { format: "xasm", created: 2, services: { opened: 1 } } });
    expect(await findingsOf(db, companyId)).toMatchObject([
      { source: "xasm", status: "open", title: "CVE-2026-1001" },
      { source: "xasm", status: "open", title: "CVE-2026-1002" },
    ]);
    expect(await importsOf(db, companyId)).toEqual([
      { source: "xasm", name: "example.org", fileName: "nightly", userId: null },
    ]);
  });

  test("are seen again, and resolved, when it is saved again under its id: that is a new import", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const scanId = uniqueWord();
    await save({ scanId, userId });
    expect(await save({ scanId, userId })).toMatchObject({ findings: { created: 0, untouched: 2, closed: 0 } });
    const fixed = { ...xasm, port_scan_results: [port(443, ["CVE-2026-1001"])] };
    expect(await save({ scanId, userId, results: fixed })).toMatchObject({ findings: { untouched: 1, closed: 1 } });
    expect(await importsOf(db, companyId)).toHaveLength(3);
  });

  test("stay when it is deleted", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const scanId = uniqueWord();
    await save({ scanId, userId });
    await deleteXasmScan(db, { scanId });
    expect(await findingsOf(db, companyId)).toMatchObject([{ status: "open" }, { status: "open" }]);
  });

  test("of a scan of nobody's belong to the company in whose domain its target lies, the closest one", async () => {
    const { db } = context;
    const { companyId, primaryDomain } = await makeOwner(db);
    const closer = `lab.${primaryDomain}`;
    const { id: labId } = await createTestCompany(db, { additional_domains: json([closer]) });
    for (const target of [primaryDomain, `https://WWW.${primaryDomain}:8443/x`, `not-${closer}`])
      expect(await save({ target })).toMatchObject({ reason: null });
    expect(await save({ target: `a.${closer}` })).toMatchObject({ reason: null });
    expect((await importsOf(db, companyId)).length).toBe(3);
    expect((await importsOf(db, labId)).length).toBe(1);
  });

  test.each([
    ["is in no company's domain", async () => `${uniqueWord()}.example`],
    ["merely ends like a company's domain", async (db: Handle) => `not${(await makeOwner(db)).primaryDomain}`],
    ["is an address", async () => "192.0.2.10"],
    ["is no host at all", async () => "our shop"],
    [
      "is in the domain of a company that was deleted",
      async (db: Handle) => {
        const { id, primaryDomain } = await createTestCompany(db);
        await deleteCompany(db, { id });
        return primaryDomain;
      },
    ],
  ])("are nobody's where the target of a scan of nobody's %s: it is saved all the same", async (_, targetIn) => {
    const target = await targetIn(context.db);
    const scanId = uniqueWord();
    expect(await save({ scanId, target })).toMatchObject(notFed("no-company"));
    expect(await getXasmScanById(context.db, { scanId })).toMatchObject({ target });
  });

  test("attack: nobody writes into a company whose domain they name as their target", async () => {
    const { db } = context;
    const { companyId, primaryDomain } = await makeOwner(db);
    const [loner, neighbour] = [await createTestUser(db), await makeOwner(db)];
    const target = primaryDomain;
    expect(await save({ target }, onlyOwn(loner.id))).toMatchObject(notFed("no-company"));
    const { userId } = await makeOwner(db);
    expect(await save({ target, userId }, onlyOwn(loner.id))).toMatchObject(notFed("no-company"));
    const inOther = inCompany(neighbour.companyId, { userId: neighbour.userId });
    expect(await save({ target }, inOther)).toMatchObject({ reason: null });
    expect(await save({ target, userId: loner.id }, inCompany(neighbour.companyId))).toMatchObject(
      notFed("no-company"),
    );
    expect(await findingsOf(db, companyId)).toEqual([]);
    expect(await importsOf(db, neighbour.companyId)).toMatchObject([{ userId: neighbour.userId }]);
  });

  test("are kept out, and the scan is saved, where they are too many, out of date, or their series is being imported", async () => {
    const { db, clock } = context;
    const { companyId, userId } = await makeOwner(db);
    const subdomains = Array.from({ length: 5001 }, (_, index) => `n${index}.example.org`);
    expect(await save({ userId, results: { subdomains } })).toMatchObject(notFed("REPORT_TOO_LARGE"));
    await save({ userId });
    const old = { ...xasm, scan_time: "2020-01-01T00:00:00Z" };
    expect(await save({ userId, results: old })).toMatchObject(notFed("REPORT_OUT_OF_DATE"));
    const importingUntil = new Date(clock.now().getTime() + 60_000);
    const busy = db.sql.updateTable("scan_series").set({ importing_until: importingUntil });
    await runQuery(db, busy.where("company_id", "=", companyId));
    const scanId = uniqueWord();
    expect(await save({ scanId, userId })).toMatchObject(notFed("IMPORT_RUNNING"));
    expect(await getXasmScanById(db, { scanId })).toMatchObject({ results: xasm, companyId });
    expect(await importsOf(db, companyId)).toHaveLength(1);
  });

  test("are stored with the scan or not at all where what follows from them fails", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const scanId = uniqueWord();
    const handlers = findingChangeHandlers as (() => Promise<void>)[];
    const fault = new Error("no consequence");
    handlers.push(() => Promise.reject(fault));
    try {
      await expect(save({ scanId, userId })).rejects.toBe(fault);
    } finally {
      handlers.pop();
    }
    expect(await findingsOf(db, companyId)).toEqual([]);
    await expect(getXasmScanById(db, { scanId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("are read on a thread where the results came as a long text, and are the same", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const results = JsonDocument.trusted(Buffer.from(JSON.stringify({ ...xasm, note: "x".repeat(70_000) })));
    expect(await save({ userId, results: results as never })).toMatchObject({ findings: { created: 2 }, reason: null });
    expect(await save({ userId })).toMatchObject({ findings: { untouched: 2, updated: 0 } });
    expect(await save({ results: results as never, target: "192.0.2.10" })).toMatchObject(notFed("no-company"));
    expect(await findingsOf(db, companyId)).toHaveLength(2);
  });

  test("of a Lightbox scan are of its own source, and entries that say nothing are counted", async () => {
    const { db } = context;
    const { companyId, userId } = await makeOwner(db);
    const scan = { scanId: uniqueWord(), target: "example.org", results: lightbox, userId };
    expect(await saveLightboxScan(db, scan)).toMatchObject({ findings: { created: 1, rejected: 1 }, reason: null });
    expect(await findingsOf(db, companyId)).toMatchObject([{ source: "lightbox", title: "Old library" }]);
    expect(await importsOf(db, companyId)).toMatchObject([{ source: "lightbox", name: "example.org" }]);
  });
});

describe("The findings of a scan, behind row security", () => {
  let roles: TwoRoles;
  beforeAll(async () => void (roles = await makeTwoRoles()));
  afterAll(() => roles[Symbol.asyncDispose]());

  test("are taken in for a caller of the company", async () => {
    const db = await roles.openAsApp();
    const { companyId, userId } = await makeOwner(roles.owner);
    const caller = inCompany(companyId, { userId });
    const scan = { scanId: uniqueWord(), target: "example.org", results: xasm };
    expect(await saveXasmScan(db, scan, caller)).toMatchObject({ findings: { created: 2 }, reason: null });
    expect(await findingsOf(roles.owner, companyId)).toHaveLength(2);
  });
});
