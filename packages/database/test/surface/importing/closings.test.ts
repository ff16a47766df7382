import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { importReport, type ReportToImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { importLines, makeCompany, reportOf } from "../support/reports.ts";

const samples = join(import.meta.dirname, "../../../../formats/test/samples");
const sample = (name: string) => readFileSync(join(samples, name), "utf8");

interface Port {
  readonly port: number;
  readonly state: "open" | "closed";
  readonly script?: string;
}

/** A scan of ports of one host. */
function nmapOf(address: string, ports: readonly Port[], { services = "1-65535", up = true } = {}): string {
  const told = ports.map(
    ({ port, state, script = "" }) =>
      `<port protocol="tcp" portid="${port}"><state state="${state}"/><service name="unknown" method="table"/>${script}</port>`,
  );
  return `<?xml version="1.0"?><nmaprun scanner="nmap" version="7.95"><scaninfo type="syn" protocol="tcp" services="${services}"/>
<host><status state="${up ? "up" : "down"}"/><address addr="${address}" addrtype="ipv4"/><ports>${told.join("")}</ports></host>
<runstats><finished exit="success"/></runstats></nmaprun>`;
}

const open = (port: number, script?: string): Port => ({
  port,
  state: "open",
  ...(script !== undefined && { script }),
});
const closed = (port: number): Port => ({ port, state: "closed" });

const semgrepOf = (paths: readonly string[], skipped: readonly string[] = []) =>
  JSON.stringify({
    version: "1.99.0",
    results: paths.map((path) => ({
      check_id: "weak",
      path,
      start: { line: 1, col: 1 },
      end: { line: 1, col: 9 },
      extra: { severity: "WARNING", lines: "weak()", message: "m" },
    })),
    errors: [],
    paths: { scanned: paths, skipped: skipped.map((path) => ({ path, reason: "too_big" })) },
  });

/** An alert at some places, of which there are said to be so many. */
const zapOf = (places: readonly string[], count: number) =>
  `<?xml version="1.0"?><OWASPZAPReport programName="ZAP" version="2.16.1"><site name="https://shop.example.org" host="shop.example.org" port="443" ssl="true"><alerts><alertitem>
<pluginid>40012</pluginid><name>Cross site scripting</name><riskcode>3</riskcode><confidence>2</confidence><instances>
${places.map((path) => `<instance><uri>https://shop.example.org${path}</uri><method>GET</method></instance>`).join("")}
</instances><count>${count}</count></alertitem></alerts></site></OWASPZAPReport>`;

const vulners = (cves: readonly string[]) =>
  `<script id="vulners" output="x"><table key="cpe:/a:example:server:2.1">${cves
    .map((cve) => `<table><elem key="id">${cve}</elem><elem key="cvss">7.5</elem><elem key="type">cve</elem></table>`)
    .join("")}</table></script>`;

describeOnEachEngine("What an import may close", (context) => {
  const take = (companyId: number, text: string, more: Partial<ReportToImport> = {}) =>
    importReport(context.db, { companyId, source: reportOf(text), ...more });

  async function assetsOf(companyId: number) {
    const query = context.db.sql.selectFrom("assets").select(["key", "status"]).where("company_id", "=", companyId);
    return Object.fromEntries((await fetchAll(context.db, query)).map(({ key, status }) => [key, status]));
  }

  async function findingsOf(companyId: number) {
    const query = context.db.sql
      .selectFrom("findings")
      .innerJoin("finding_rules", "finding_rules.id", "findings.rule_id")
      .innerJoin("assets", "assets.id", "findings.asset_id")
      .select(["finding_rules.key", "findings.source", "findings.status", "assets.key as asset"])
      .where("findings.company_id", "=", companyId)
      .orderBy("findings.id");
    return fetchAll(context.db, query);
  }

  async function placesOf(companyId: number) {
    const query = context.db.sql
      .selectFrom("finding_locations")
      .select(["file_path", "url", "present"])
      .where("company_id", "=", companyId)
      .orderBy("id");
    return fetchAll(context.db, query, { present: "boolean" });
  }

  test("are services of ports that were scanned and are not open, and no host that is down", async () => {
    const companyId = await makeCompany(context.db);
    const [host, ssh, web] = ["198.51.100.7", "198.51.100.7:2222/tcp", "198.51.100.7:8443/tcp"];
    expect(await take(companyId, nmapOf(host, [open(2222), open(8443)]))).toMatchObject({ services: { opened: 2 } });
    const elsewhere = await take(companyId, nmapOf(host, [closed(2222)], { services: "1-1024" }));
    expect(elsewhere).toMatchObject({ services: { opened: 0, closed: 0 } });
    expect(await take(companyId, nmapOf(host, [], { up: false }))).toMatchObject({ services: { closed: 0 } });
    expect(await assetsOf(companyId)).toEqual({ [host]: "active", [ssh]: "active", [web]: "active" });
    expect(await take(companyId, nmapOf(host, [open(2222), closed(8443)]))).toMatchObject({
      services: { opened: 0, closed: 1 },
    });
    expect(await assetsOf(companyId)).toEqual({ [host]: "active", [ssh]: "active", [web]: "gone" });
    expect(await take(companyId, nmapOf(host, [open(2222), open(8443)]))).toMatchObject({ services: { opened: 1 } });
    expect(await assetsOf(companyId)).toMatchObject({ [web]: "active" });
  });

  test("are exposures of services that are gone, which are counted apart from the report's findings", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const first = await take(companyId, nmapOf("198.51.100.8", [open(23), open(8765)]));
    expect(first).toMatchObject({ findings: 0, created: 0, exposures: { opened: 1, closed: 0 } });
    const exposure = {
      source: "nerve",
      asset: "198.51.100.8:23/tcp",
      key: expect.stringContaining("telnet") as string,
    };
    expect(await findingsOf(companyId)).toMatchObject([{ ...exposure, status: "open" }]);
    const elsewhere = await take(companyId, nmapOf("198.51.100.8", [], { services: "80" }));
    expect(elsewhere).toMatchObject({ exposures: { opened: 0, closed: 0 } });
    const gone = await take(companyId, nmapOf("198.51.100.8", [closed(23), open(8765)]));
    expect(gone).toMatchObject({ closed: 0, services: { closed: 1 }, exposures: { opened: 0, closed: 1 } });
    expect(await findingsOf(companyId)).toMatchObject([{ ...exposure, status: "resolved" }]);
    await expectTrueCounts(db, companyId);
  });

  test.each(["10.0.0.8", "172.16.3.4", "192.168.1.9", "127.0.0.1", "169.254.7.7"])(
    "no exposure is on %s, where the Internet does not lead to",
    async (address) => {
      const companyId = await makeCompany(context.db);
      const receipt = await take(companyId, nmapOf(address, [open(23)]));
      expect(receipt).toMatchObject({ services: { opened: 1 }, exposures: { opened: 0 } });
      expect(await findingsOf(companyId)).toEqual([]);
    },
  );

  test("is what a script found, by a scan that ran the script on a port that it scanned", async () => {
    const companyId = await makeCompany(context.db);
    const scan = (script: string, services?: string) =>
      take(companyId, nmapOf("198.51.100.9", [open(8765, script)], services === undefined ? {} : { services }));
    expect(await scan(vulners(["CVE-2026-7777"]))).toMatchObject({ created: 1 });
    expect(await scan("")).toMatchObject({ closed: 0, notCovered: 1 });
    expect(await scan(vulners(["CVE-2026-7778"]), "1-1024")).toMatchObject({ created: 1, closed: 0, notCovered: 1 });
    expect(await scan(vulners(["CVE-2026-7778"]))).toMatchObject({ untouched: 1, closed: 1 });
    expect((await findingsOf(companyId)).map(({ status }) => status)).toEqual(["resolved", "open"]);
  });

  test("is no place of a list that is but a sample", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, zapOf(["/a", "/b"], 2));
    expect(await take(companyId, zapOf(["/a"], 9))).toMatchObject({ untouched: 1, notCovered: 1 });
    expect((await placesOf(companyId)).map(({ present }) => present)).toEqual([true, true]);
    expect(await take(companyId, zapOf(["/a"], 1))).toMatchObject({ untouched: 1, notCovered: 0 });
    expect((await placesOf(companyId)).map(({ present }) => present)).toEqual([true, false]);
  });

  test("is nothing in files that were passed over", async () => {
    const companyId = await makeCompany(context.db);
    const target = { target: "git.example.org/shop" };
    await take(companyId, semgrepOf(["a.py", "b.py"]), target);
    expect(await take(companyId, semgrepOf([], ["a.py"]), target)).toMatchObject({ closed: 1, notCovered: 1 });
    expect(await placesOf(companyId)).toMatchObject([
      { filePath: "a.py", present: true },
      { filePath: "b.py", present: false },
    ]);
  });

  test("is nothing where nobody says whose code it is", async () => {
    const companyId = await makeCompany(context.db);
    await take(companyId, semgrepOf(["a.py"]));
    expect(await take(companyId, semgrepOf([]))).toMatchObject({ closed: 0, complete: false });
  });

  test.each([
    ["nmap.xml", "<runstats>"],
    ["zap.xml", '<site name="http://quiet'],
    ["testssl.csv", '"cert_expirationStatus'],
  ])("is nothing by a report that was cut off: %s", async (name, from) => {
    const companyId = await makeCompany(context.db);
    const text = sample(name);
    await take(companyId, text);
    const before = await findingsOf(companyId);
    expect(before.length).toBeGreaterThan(0);
    const cut = await take(companyId, text.slice(0, text.indexOf(from) + 3), { asNewest: true });
    expect(cut).toMatchObject({ outcome: "partial", closed: 0, services: { closed: 0 } });
    expect(await findingsOf(companyId)).toEqual(before);
  });

  test("is held back from where the installation says", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const strict = await context.openAnother({ surfacePolicy: { heldFromFindings: 2, heldFromPercent: 50 } });
    const lines = ["a", "b", "c", "d"].map((rule) => ({ rule }));
    await importLines(db, companyId, lines);
    expect(await importLines(strict, companyId, lines.slice(1))).toMatchObject({ held: 0, closed: 1 });
    expect(await importLines(strict, companyId, lines.slice(3))).toMatchObject({ held: 2, closed: 0 });
    expect(await importLines(db, companyId, lines.slice(3))).toMatchObject({ held: 0, closed: 2 });
  });

  test("is not kept from later reports by the wrong clock of a scanner", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const scannedAt = new Date(clock.now().getTime() + 86_400_000);
    await importLines(db, companyId, [{ rule: "a" }], { scannedAt });
    clock.advance({ minutes: 1 });
    expect(await importLines(db, companyId, [], { scannedAt: clock.now() })).toMatchObject({ closed: 1 });
  });
});
