import { beforeEach, expect, test, vi } from "vitest";
import { fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { createApiKey, createSession, getSecurityEvents } from "../../../src/index.ts";
import { getMaintenanceStatus } from "../../../src/schedule/get-maintenance-status.ts";
import { jobWork } from "../../../src/upkeep/jobs/job-work.ts";
import { runDueMaintenance, runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const hourly = [
  "expired-sessions",
  "expired-api-keys",
  "expired-ai-scans",
  "expired-uploads",
  "expired-links",
  "lock-ends",
  "imports",
  "rate-limits",
  "risk-acceptances",
];

describeOnEachEngine("Maintenance", (context) => {
  const statusOf = async (name: string) => (await getMaintenanceStatus(context.db)).find((job) => job.name === name);

  const isKeyActive = async (id: number) => {
    const query = context.db.sql.selectFrom("api_keys").select("is_active").where("id", "=", id);
    return (await fetchFirst(context.db, query, { is_active: "boolean" }))?.isActive;
  };

  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("maintenance_jobs"));
  });

  test("runs the jobs of a period in order, and tells what each did", async () => {
    const { db, clock } = context;
    const { id: userId } = await createTestUser(db);
    const { keyId } = await createApiKey(db, { userId, name: "short", expiresInDays: 1 });
    await createSession(db, { userId, ipAddress: "192.0.2.7", expiresInHours: 1 });
    clock.advance({ days: 1 });
    const { period, jobs } = await runMaintenance(db, "hourly");
    expect(period).toBe("hourly");
    // Without a folder of reports there is nothing to go on with.
    const statusOfJob = (name: string) => (name === "imports" ? "skipped" : "done");
    expect(jobs.map(({ name, status }) => [name, status])).toEqual(hourly.map((name) => [name, statusOfJob(name)]));
    expect(jobs[0]?.result).toEqual({ deactivated: 1, deleted: 0 });
    expect(jobs[1]?.result).toEqual({ deactivated: 1 });
    expect(await isKeyActive(keyId)).toBe(false);
  });

  test("checks daily whether backups are verified, too", async () => {
    const alertsWith = async (verify?: boolean) => {
      const backup = { folder: "backups", keep: {}, verify };
      const { jobs } = await runMaintenance(context.db, "daily", { only: ["health-check"], backup });
      return jobs[0]?.result?.["alerts"];
    };
    expect(await alertsWith(false)).toContain("CONFIGURATION");
    expect(await alertsWith()).not.toContain("CONFIGURATION");
  });

  test("remembers the last run and the next", async () => {
    const { db, clock } = context;
    clock.set(new Date("2026-03-04T10:20:00Z"));
    expect(await statusOf("purge")).toMatchObject({ lastOutcome: null, nextRunAt: new Date("2026-03-08T03:00:00Z") });
    await runMaintenance(db, "weekly", { only: ["purge"] });
    expect(await statusOf("purge")).toMatchObject({
      lastOutcome: "done",
      lastFinishedAt: clock.now(),
      lastSucceededAt: clock.now(),
      lastResult: { dryRun: false, total: 0, tables: {} },
      lastError: null,
      nextRunAt: new Date("2026-03-08T03:00:00Z"),
      runningOn: null,
      failures: 0,
    });
  });

  test("a dry run counts what it would do, changes nothing and writes nothing down", async () => {
    const { db, clock } = context;
    const { id: userId } = await createTestUser(db);
    const { keyId } = await createApiKey(db, { userId, name: "dry", expiresInDays: 1 });
    clock.advance({ days: 2 });
    const { jobs } = await runMaintenance(db, "hourly", { dryRun: true });
    expect(jobs[1]?.result).toEqual({ deactivated: 1 });
    expect(await isKeyActive(keyId)).toBe(true);
    expect(await statusOf("expired-api-keys")).toMatchObject({ lastOutcome: null });
  });

  test("a job that fails stops no other, is logged, and is due again after an hour", async () => {
    const { db, clock } = context;
    clock.set(new Date("2026-03-04T10:20:00Z"));
    const fault = new Error("secret of a driver");
    const spy = vi.spyOn(jobWork, "scan-history").mockRejectedValue(fault);
    const steps: unknown[] = [];
    const options = { only: ["scan-history"], onStep: (step: unknown) => void steps.push(step) };
    const { jobs } = await runMaintenance(db, "daily", options);
    const error = { code: "UNEXPECTED", message: "The job failed for a reason that the log tells." };
    expect(jobs).toEqual([{ name: "scan-history", status: "failed", result: null, durationMs: 0, error }]);
    expect(steps.at(-1)).toMatchObject({ kind: "ended", cause: fault });
    expect(await statusOf("scan-history")).toMatchObject({
      lastOutcome: "failed",
      lastError: error,
      lastSucceededAt: null,
      failures: 1,
      nextRunAt: new Date("2026-03-04T11:20:00Z"),
    });
    const { items } = await getSecurityEvents(db, { eventType: "maintenance_failed" });
    expect(items[0]).toMatchObject({ severity: "high", metadataJson: { job: "scan-history", code: "UNEXPECTED" } });
    expect(JSON.stringify([jobs, items])).not.toContain("secret of a driver");

    spy.mockRestore();
    await runMaintenance(db, "daily", { only: ["scan-history"] });
    expect(await statusOf("scan-history")).toMatchObject({ lastOutcome: "done", failures: 1, lastError: null });
  });

  test("what cannot run as things are set is skipped, and says why", async () => {
    const { jobs } = await runMaintenance(context.db, "monthly", { only: ["audit-rotation"] });
    expect(jobs).toMatchObject([{ status: "skipped", result: { reason: expect.stringContaining("no folder") } }]);
    expect(await statusOf("audit-rotation")).toMatchObject({ lastOutcome: "skipped", lastSucceededAt: null });
  });

  test("runs what is due, once; a job that was never seen waits for its time", async () => {
    const { db, clock } = context;
    clock.set(new Date("2026-03-04T10:20:00Z"));
    expect(await runDueMaintenance(db)).toEqual([]);
    clock.set(new Date("2026-03-04T11:00:00Z"));
    expect((await runDueMaintenance(db)).map(({ name }) => name)).toEqual(hourly);
    expect(await runDueMaintenance(db)).toEqual([]);
    clock.set(new Date("2026-03-08T03:00:00Z"));
    const names = (await runDueMaintenance(db)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...hourly, "scan-history", "purge"]));
    expect(names).not.toContain("audit-rotation");
  });

  test("ends after the running job when it is told to stop", async () => {
    const stop = new AbortController();
    const { jobs } = await runMaintenance(context.db, "hourly", { signal: stop.signal, onStep: () => stop.abort() });
    expect(jobs.map(({ name }) => name)).toEqual(["expired-sessions"]);
  });

  test.each<[string, string, object]>([
    ["period", "yearly", {}],
    ["only", "hourly", { only: ["drop-tables"] }],
    ["purgeAfterDays", "weekly", { purgeAfterDays: 0 }],
    ["keepAuditDays", "monthly", { keepAuditDays: -1 }],
    ["keepAttemptDays", "daily", { keepAttemptDays: 30 }],
    ["keepEventDays", "daily", { keepEventDays: 30 }],
    ["force", "daily", { force: true }],
  ])("attack: refuses a wrong %s", async (field, period, options) => {
    const outcome = runMaintenance(context.db, period as "hourly", options);
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
