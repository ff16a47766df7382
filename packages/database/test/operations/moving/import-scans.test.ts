import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { feedOlderScans } from "../../../src/operations/moving/legacy/feed-older-scans.ts";
import { importLegacy, type ImportSummary, type Reject } from "../../../src/operations/moving/index.ts";
import { RejectCounter } from "../../../src/operations/moving/rejects.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

type Cells = Readonly<Record<string, string | number | null>>;

function fill(database: DatabaseSync, table: string, rows: readonly Cells[]): void {
  const columns = Object.keys(Object.assign({}, ...rows) as object);
  database.exec(`CREATE TABLE "${table}" (${columns.map((column) => `"${column}"`).join(", ")})`);
  const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

const onDay = (day: number) => `2026-01-${String(day).padStart(2, "0")} 03:04:05.678901`;
const kept = { updated_at: onDay(1), created_at: onDay(1), deleted_at: null, is_active: 1 };

/** A scan of ports that found these vulnerabilities. */
const ports = (...cves: readonly string[]) =>
  JSON.stringify({
    port_scan_results: [{ ip: "192.0.2.7", port: 443, state: "open", cves: cves.map((cve_id) => ({ cve_id })) }],
  });
const web = (...types: readonly string[]) =>
  types.map((type) => ({ type, asset: "www.example.org", severity: "HIGH" }));

/** The columns of the older system, which every row of a table has. */
const xasm = (id: number, day: number, results: string | null, more: Cells = {}) => ({
  ...kept,
  id,
  scan_id: `x${id}`,
  target: "example.org",
  timestamp: onDay(day),
  status: "completed",
  results_json: results,
  user_id: 1,
  ...more,
});
const single = (id: number, day: number, more: Cells = {}) => ({
  ...kept,
  id,
  asset: "www.example.org",
  finding_type: `Single ${id}`,
  url: "https://www.example.org/",
  severity: "LOW",
  discovered_at: onDay(day),
  scan_id: "l1",
  user_id: 1,
  ...more,
});

function writeFile(file: string): void {
  const database = new DatabaseSync(file);
  fill(database, "companies", [{ ...kept, id: 1, name: "Example", primary_domain: "example.org" }]);
  const user = { ...kept, password_hash: "hash", role: "USER", status: "ACTIVE" };
  fill(database, "users", [
    { ...user, id: 1, email: "ada@example.org", company_id: 1 },
    { ...user, id: 2, email: "ben@example.net", company_id: null },
  ]);
  fill(database, "xasm_scan_history", [
    // The later one has the lower id.
    xasm(1, 20, ports("CVE-2026-2001")),
    xasm(2, 10, ports("CVE-2026-2001", "CVE-2026-2002")),
    xasm(3, 21, ports("CVE-2026-2003"), { deleted_at: onDay(22), is_active: 0 }),
    xasm(4, 11, ports("CVE-2026-2004"), { user_id: 2, target: "www.example.org" }),
    xasm(5, 12, ports("CVE-2026-2005"), { user_id: null, target: "example.com" }),
    xasm(6, 13, ports("CVE-2026-2006"), { target: " " }),
    xasm(7, 14, null),
  ]);
  const lightbox = { high: [...web("Old library"), "x"], status: "completed" };
  fill(database, "lightbox_scan_history", [xasm(1, 15, JSON.stringify(lightbox), { scan_id: "l1" })]);
  fill(database, "cached_asm_scans", [
    // Newer than all others, and yet it closes nothing.
    { ...kept, id: 1, domain: "example.org", scanned_at: onDay(30), scan_results: ports("CVE-2026-2007"), user_id: 1 },
    { ...kept, id: 2, domain: "example.org", scanned_at: onDay(30), scan_results: '"text"', user_id: 1 },
  ]);
  fill(database, "lightbox_scans", [
    {
      ...kept,
      id: 1,
      domain: "example.org",
      scanned_at: onDay(29),
      findings: JSON.stringify(web("Old library", "New")),
      user_id: 1,
    },
  ]);
  fill(database, "lightbox_findings", [
    single(1, 16),
    single(2, 17),
    single(3, 18, { scan_id: null, user_id: null, asset: "shop.example.net" }),
  ]);
  database.close();
}

describeOnEachEngine("Scans of the older system", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "nerve-scans-"));
  const file = join(folder, "ghost.db");
  const rejects: Reject[] = [];
  let rehearsed: ImportSummary;
  let summary: ImportSummary;
  beforeAll(async () => {
    writeFile(file);
    rehearsed = await importLegacy(context.db, { file, dryRun: true });
    summary = await importLegacy(context.db, { file, onReject: (reject) => rejects.push(reject) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const findings = async () => {
    const query = context.db.sql.selectFrom("findings").select(["title", "status", "company_id"]).orderBy("title");
    return (await fetchAll(context.db, query)).map(({ title, status, companyId }) => `${companyId} ${title} ${status}`);
  };

  test("become findings in the order of their times; what is but a copy or a part closes nothing", async () => {
    expect(await findings()).toEqual([
      "1 CVE-2026-2001 open",
      "1 CVE-2026-2002 resolved",
      "1 CVE-2026-2004 open",
      "1 CVE-2026-2007 open",
      "1 New open",
      "1 Old library open",
      "1 Single 1 open",
      "1 Single 2 open",
    ]);
  });

  test("are counted, with those of no company and those that could not be read", () => {
    expect(summary.scans).toEqual({ scans: 7, findings: 8, withoutCompany: 2, unread: 1, rejectedEntries: 1 });
    expect(rehearsed.scans).toEqual(summary.scans);
    expect(summary.rejectedTotal).toBe(0);
    const unread = rejects.filter(({ kind }) => kind === "unread");
    expect(unread.map(({ table, key, column }) => `${table} ${key} ${column}`).toSorted()).toEqual([
      "lightbox_findings 3 finding_type",
      "lightbox_scan_history 1 results_json",
      "xasm_scan_history 5 results_json",
      "xasm_scan_history 6 results_json",
    ]);
    expect(JSON.stringify(unread)).not.toContain("2006");
  });

  test("belong to the series of what was scanned, single findings to that of their scan", async () => {
    const query = context.db.sql.selectFrom("scan_series").select(["source", "name"]).orderBy("source").orderBy("name");
    expect(await fetchAll(context.db, query)).toEqual([
      { source: "lightbox", name: "example.org" },
      { source: "xasm", name: "example.org" },
      { source: "xasm", name: "www.example.org" },
    ]);
  });

  test("are fed once: again, nothing changes", async () => {
    const before = await findings();
    const again = await transaction(context.db, (tx) => feedOlderScans(tx, new RejectCounter(undefined)));
    expect(again).toMatchObject({ scans: 0, findings: 0, rejectedEntries: 0 });
    expect(await findings()).toEqual(before);
    const imports = context.db.sql.selectFrom("scan_imports").select("id");
    expect(await fetchAll(context.db, imports)).toHaveLength(7);
  });

  test("leave the ids of what follows free", async () => {
    const query = context.db.sql.selectFrom("audit_logs").select(["id", "action"]);
    const rows = await fetchAll(context.db, query);
    expect(rows.filter(({ action }) => action === "scan_imported")).toHaveLength(7);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});
