import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createApiKey, createBackup, createCompany, importReport, listFindings, runMaintenance } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { databaseMetrics } from "../../src/index.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const promtool = findSystemProgram("promtool");

/** What promtool says against metrics; nothing when it accepts them. */
async function faultsOf(metrics: string): Promise<string> {
  const child = spawn(promtool ?? "", ["check", "metrics"]);
  child.stdin.end(metrics);
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return said.join("");
}

/** The value of a metric, by its name and labels as they are printed; undefined where there is none. */
function valueOf(metrics: string, name: string): number | undefined {
  const line = metrics.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

describeOnEachEngine("metrics", (context) => {
  let server: TestServer;
  let backupFolder: string;
  beforeAll(async () => {
    backupFolder = await mkdtemp(join(tmpdir(), "nerve-metrics-"));
    server = await serveTest(context.db, { NERVE_BACKUP_FOLDER: backupFolder });
  });
  afterAll(async () => {
    await server.close();
    await rm(backupFolder, { recursive: true });
  });

  const read = async (one = server) => (await one.call("GET /metrics")).text;

  test("tell of the database what the guide names, and of rows and sizes what is at most a minute old", async () => {
    const { db, clock } = context;
    const before = valueOf(await read(), `nerve_db_table_records{table="companies"}`) ?? Number.NaN;
    await createCompany(db, { name: "Counted", primaryDomain: "counted.example" });
    clock.advance({ seconds: 59 });
    expect(valueOf(await read(), `nerve_db_table_records{table="companies"}`)).toBe(before);
    clock.advance({ seconds: 1 });
    const metrics = await read();
    expect(valueOf(metrics, `nerve_db_table_records{table="companies"}`)).toBe(before + 1);
    expect(valueOf(metrics, "nerve_db_connection_healthy")).toBe(1);
    expect(valueOf(metrics, "nerve_db_size_bytes")).toBeGreaterThan(100_000);
    expect(valueOf(metrics, "nerve_db_queries_total")).toBeGreaterThan(0);
    const used = valueOf(metrics, `nerve_db_pool_connections{state="used"}`) ?? Number.NaN;
    const idle = valueOf(metrics, `nerve_db_pool_connections{state="idle"}`) ?? Number.NaN;
    expect(used + idle > 0).toBe(context.engine === "postgres");
    expect(valueOf(metrics, `nerve_process_memory_bytes{part="rss"}`)).toBeGreaterThan(1_000_000);
    expect(valueOf(metrics, `nerve_event_loop_lag_seconds{part="p99"}`)).toBeGreaterThanOrEqual(0);
  });

  test("tell of findings and of the imports that they came with", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createCompany(db, { name: "Scanned", primaryDomain: "scanned.example" });
    const line = JSON.stringify({
      kind: "finding",
      rule: "open-redirect",
      asset: "https://scanned.example",
      severity: "low",
    });
    const open = async function* () {
      yield new TextEncoder().encode(line);
    };
    await importReport(db, { companyId, source: { open }, format: "nerve", series: "weekly" });
    clock.advance({ minutes: 2 });
    const { items } = await listFindings(db, { companyId });
    const source = items[0]?.source;
    const metrics = await read();
    expect(valueOf(metrics, `nerve_findings{severity="low",status="open"}`)).toBe(1);
    expect(valueOf(metrics, `nerve_imports_total{format="nerve",outcome="done"}`)).toBe(1);
    const labels = `{company="${companyId}",source="${source}",series="weekly"}`;
    expect(valueOf(metrics, `nerve_import_age_seconds${labels}`)).toBe(120);
    await importReport(db, { companyId, source: { open }, format: "nerve", series: "weekly" });
    expect(valueOf(await read(), `nerve_imports_total{format="nerve",outcome="done"}`)).toBe(1);
    clock.advance({ minutes: 1 });
    expect(valueOf(await read(), `nerve_imports_total{format="nerve",outcome="done"}`)).toBe(2);
  });

  test("tell of each job how it ended, of the daily check what it found, and leave out what is not known", async () => {
    const { db, clock } = context;
    const before = await databaseMetrics(db, { backupFolder });
    expect(before).not.toContain("nerve_db_integrity_healthy");
    expect(before).not.toContain("nerve_backup_age_seconds");
    const healthCheck = `{job="health-check"}`;
    expect(valueOf(before, `nerve_job_failures_total${healthCheck}`)).toBe(0);

    await createBackup(db, { folder: backupFolder });
    const made = clock.now().getTime() / 1000;
    await runMaintenance(db, "daily", { only: ["health-check"] });
    clock.advance({ minutes: 1 });
    const after = await read();
    expect(valueOf(after, "nerve_db_integrity_healthy")).toBe(1);
    expect(valueOf(after, "nerve_db_foreign_key_violations")).toBe(0);
    expect(valueOf(after, `nerve_job_last_success_timestamp_seconds${healthCheck}`)).toBe(made);
    expect(valueOf(after, `nerve_job_last_failed${healthCheck}`)).toBe(0);
    expect(valueOf(after, "nerve_backup_age_seconds")).toBe(60);
    expect(valueOf(after, "nerve_backup_last_verified_timestamp_seconds")).toBe(made);
  });

  test.skipIf(promtool === undefined)("are accepted by promtool, with a server and without", async () => {
    await server.call("GET /api/health");
    expect(await faultsOf(await read())).toBe("");
    expect(await faultsOf(await databaseMetrics(context.db, { backupFolder }))).toBe("");
  });

  test("attack: no request makes labels up", async () => {
    await server.call("GET /api/users/12345");
    for (const path of ["/invented", "/invented-too", "/api/users/1/invented"]) await server.call(`GET ${path}`);
    await fetch(`${server.url}/api/health`, { method: "PROPFIND" });
    const metrics = await read();
    const labels = [...metrics.matchAll(/nerve_http_request_duration_seconds_count\{(.*?)\}/g)].map(
      ([, found]) => found,
    );
    expect(labels).toContain(`method="GET",route="/api/users/:id",status="4xx"`);
    expect(labels).toContain(`method="any",route="none",status="4xx"`);
    expect(metrics).not.toMatch(/invented|12345|PROPFIND/);
  });

  test("are printed while the database does not answer", async () => {
    const lost = await context.openAnother();
    const other = await serveTest(lost, { NERVE_BACKUP_FOLDER: backupFolder });
    await lost.close();
    const metrics = await read(other);
    await other.close();
    expect(valueOf(metrics, "nerve_db_connection_healthy")).toBe(0);
    expect(metrics).not.toContain("nerve_db_size_bytes");
    expect(metrics).toContain("nerve_process_memory_bytes");
  });

  describe("are", () => {
    test("open to this machine, and to a key that may read them", async () => {
      expect((await server.call("GET /metrics")).headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
      const { id: userId } = await signedIn(context.db, "super_admin");
      const key = await createApiKey(context.db, { userId, name: "Prometheus", permissions: ["metrics:read"] });
      const headers = { "x-forwarded-for": "192.0.2.1" };
      expect((await server.call("GET /metrics", { token: key.key, headers })).status).toBe(200);
    });

    test.each(["x-forwarded-for", "forwarded", "via", "x-real-ip"])(
      "attack: closed to what a proxy on this machine forwards (%s)",
      async (name) => {
        expect((await server.call("GET /metrics", { headers: { [name]: "127.0.0.1" } })).status).toBe(401);
      },
    );

    test("attack: closed to a page that reached this machine under another name", async () => {
      const { statusCode } = await server.server.inject({ url: "/metrics", headers: { host: "evil.example" } });
      expect(statusCode).toBe(401);
    });

    test("attack: closed behind a public address, where a proxy cannot be told from this machine", async () => {
      const other = await serveTest(context.db, { NERVE_PUBLIC_URL: "https://nerve.example.org" });
      expect((await other.call("GET /metrics")).status).toBe(401);
      await other.close();
    });

    test("attack: closed to a credential that may not read them", async () => {
      const { token } = await signedIn(context.db, "analyst");
      expect((await server.call("GET /metrics", { token })).status).toBe(403);
      expect((await server.call("GET /metrics", { token: "wrong" })).status).toBe(401);
    });
  });
});
