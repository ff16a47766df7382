import { expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { importReport, undoImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeCompany, reportOf } from "../support/reports.ts";

/** A vulnerability in a package, as a scanner of images reports it. */
interface Match {
  readonly id?: string;
  readonly name?: string;
  readonly versions?: readonly string[];
}

const cve = "CVE-2026-9001";

function scanned(db: Handle, companyId: number, matches: readonly Match[], { image = "shop", ignored = false } = {}) {
  const found = matches.flatMap(({ id = cve, name = "left-pad", versions = ["1.0.0"] }) =>
    versions.map((version) => ({
      vulnerability: { id, severity: "High" },
      artifact: { name, version, type: "npm", locations: [{ path: "/app" }] },
    })),
  );
  const report = {
    matches: ignored ? [] : found,
    ignoredMatches: ignored ? found : [],
    source: { type: "image", target: { userInput: `${image}:1` } },
    descriptor: { name: "grype" },
  };
  return importReport(db, { companyId, source: reportOf(JSON.stringify(report)), format: "grype" });
}

/** What a VEX says. */
interface Said {
  readonly id?: string;
  readonly state?: string;
  readonly refs?: readonly string[];
  readonly subject?: string;
  readonly target?: string;
}

function stated(db: Handle, companyId: number, said: Said = {}) {
  const { id = cve, state = "not_affected", refs = ["pkg:npm/left-pad@1.0.0"], subject, target } = said;
  const report = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    ...(subject === undefined ? {} : { metadata: { component: { type: "container", name: subject } } }),
    vulnerabilities: [
      { id, analysis: { state, justification: "code_not_reachable" }, affects: refs.map((ref) => ({ ref })) },
    ],
  };
  const options = { companyId, source: reportOf(JSON.stringify(report)), format: "cyclonedx" };
  return importReport(db, target === undefined ? options : { ...options, target });
}

async function statusesOf(db: Handle, companyId: number) {
  const query = db.sql
    .selectFrom("findings")
    .innerJoin("assets", "assets.id", "findings.asset_id")
    .select(["findings.status", "assets.name"])
    .where("findings.company_id", "=", companyId)
    .orderBy("findings.id");
  return (await fetchAll(db, query)).map(({ status }) => status);
}

async function historyOf(db: Handle, companyId: number) {
  const query = db.sql
    .selectFrom("finding_history")
    .select(["kind", "reason"])
    .where("company_id", "=", companyId)
    .orderBy("id");
  return fetchAll(db, query);
}

const nothingDone = { created: 0, findings: 0, closed: 0, assets: { created: 0 } };

describeOnEachEngine("What a VEX states", (context) => {
  test("suppresses what others found of the same package, once, and opens nothing", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{}, { id: "CVE-2026-9002" }]);
    const statement = { matched: 1, unmatched: 0 };
    expect(await stated(db, companyId)).toMatchObject({ ...nothingDone, suppressed: 1, statements: statement });
    expect(await statusesOf(db, companyId)).toEqual(["suppressed", "open"]);
    const told = [{ kind: "suppressed", reason: "not_affected: code_not_reachable" }];
    expect(await historyOf(db, companyId)).toEqual(told);
    expect(await stated(db, companyId)).toMatchObject({ ...nothingDone, suppressed: 1, statements: statement });
    expect(await historyOf(db, companyId)).toEqual(told);
    await expectTrueCounts(db, companyId);
  });

  test("holds when its scanner reports it again, until it is stated to count", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{}]);
    await stated(db, companyId);
    expect(await scanned(db, companyId, [{}])).toMatchObject({ untouched: 1, reactivated: 0 });
    expect(await statusesOf(db, companyId)).toEqual(["suppressed"]);
    await stated(db, companyId, { state: "exploitable" });
    expect(await statusesOf(db, companyId)).toEqual(["open"]);
    await stated(db, companyId, { state: "exploitable" });
    expect((await historyOf(db, companyId)).map(({ kind }) => kind)).toEqual(["suppressed", "reactivated"]);
    await expectTrueCounts(db, companyId);
  });

  test("does not take back what a scanner itself suppresses, which its next report does", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{}], { ignored: true });
    await stated(db, companyId, { state: "exploitable" });
    expect(await statusesOf(db, companyId)).toEqual(["suppressed"]);
    expect(await scanned(db, companyId, [{}])).toMatchObject({ reactivated: 1 });
  });

  test.each([
    ["one of its two versions", ["pkg:npm/left-pad@1.0.0"], "open"],
    ["both versions", ["pkg:npm/left-pad@1.0.0", "pkg:npm/left-pad@2.0.0"], "suppressed"],
    ["the package, whatever its version", ["pkg:npm/left-pad"], "suppressed"],
    ["another version", ["pkg:npm/left-pad@3.0.0"], "open"],
    ["another package", ["pkg:npm/right-pad"], "open"],
    ["what is no package", ["left-pad"], "open"],
  ])("of %s leaves a finding in two versions as follows: %j: %s", async (_, refs, status) => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{ versions: ["1.0.0", "2.0.0"] }]);
    await stated(db, companyId, { refs });
    expect(await statusesOf(db, companyId)).toEqual([status]);
  });

  test("is about its subject or the caller's target, and says when it speaks of nothing that is there", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{}]);
    await scanned(db, companyId, [{}], { image: "billing" });
    const unmatched = await stated(db, companyId, { subject: "elsewhere" });
    expect(unmatched).toMatchObject({ suppressed: 0, statements: { matched: 0, unmatched: 1 } });
    expect(unmatched.warnings.join(" ")).toContain("Statements that speak of no finding: 1.");
    await stated(db, companyId, { subject: "billing" });
    expect(await statusesOf(db, companyId)).toEqual(["open", "suppressed"]);
    await stated(db, companyId, { subject: "elsewhere", target: "shop" });
    expect(await statusesOf(db, companyId)).toEqual(["suppressed", "suppressed"]);
  });

  test("is told by the id of an advisory as well", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{ id: "GHSA-aaaa-bbbb-cccc" }]);
    await stated(db, companyId, { id: "GHSA-aaaa-bbbb-cccc" });
    expect(await statusesOf(db, companyId)).toEqual(["suppressed"]);
  });

  test("changes nothing of another company, and no decision of a person", async () => {
    const { db } = context;
    const [companyId, other] = [await makeCompany(db), await makeCompany(db)];
    await scanned(db, companyId, [{}]);
    await scanned(db, other, [{}]);
    const confirm = db.sql.updateTable("findings").set({ status: "confirmed" }).where("company_id", "=", companyId);
    await runQuery(db, confirm);
    expect(await stated(db, companyId)).toMatchObject({ suppressed: 0, statements: { matched: 1 } });
    expect(await statusesOf(db, companyId)).toEqual(["confirmed"]);
    expect(await statusesOf(db, other)).toEqual(["open"]);
  });

  test("is taken back with its import", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await scanned(db, companyId, [{}]);
    const { importId } = await stated(db, companyId);
    expect(await undoImport(db, { id: importId })).toMatchObject({ withdrawn: 0, restored: 1 });
    expect(await statusesOf(db, companyId)).toEqual(["open"]);
    expect(await scanned(db, companyId, [{}])).toMatchObject({ untouched: 1 });
    await expectTrueCounts(db, companyId);
  });
});
