import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test, vi } from "vitest";
import { runQuery } from "../../../src/database/statement.ts";
import { takeLease } from "../../../src/schedule/job-table.ts";
import { getMaintenanceStatus } from "../../../src/schedule/get-maintenance-status.ts";
import { jobWork } from "../../../src/upkeep/jobs/job-work.ts";
import { maintenanceJobs } from "../../../src/schedule/job-list.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const program = fileURLToPath(new URL("../../support/processes/maintenance.ts", import.meta.url));

/** Starts a process at a database, whose clock stands. */
function start(url: string, task: string, now: Date, leaseMs = 0): ChildProcess {
  const words = ["--conditions=@nerve/source", program, url, task, now.toISOString(), String(leaseMs)];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
}

const sessions = { only: ["expired-sessions"] };

describeOnEachEngine("The lease of a job", (context) => {
  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("maintenance_jobs"));
  });

  test("keeps a job to the process that has it, and passes on when that was killed and the lease has run out", async () => {
    const { db, clock, url } = context;
    const holder = start(url, "hold", clock.now(), 60_000);
    const [said] = (await once(holder.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    expect(said.toString().trim()).toBe("held");
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;

    clock.advance({ seconds: 59 });
    const { jobs } = await runMaintenance(db, "hourly", sessions);
    expect(jobs).toMatchObject([{ status: "held", result: { holder: "held process" } }]);
    clock.advance({ seconds: 1 });
    expect((await runMaintenance(db, "hourly", sessions)).jobs).toMatchObject([{ status: "done" }]);
  });

  test("of each job that is due goes to one of several processes", async () => {
    const { clock, url } = context;
    const processes = Array.from({ length: 3 }, () => start(url, "run", clock.now()));
    const outputs = await Promise.all(processes.map((one) => text(one.stdout as NodeJS.ReadableStream)));
    const reports = outputs.flatMap((output) => JSON.parse(output) as { name: string; status: string }[]);
    const done = reports.filter(({ status }) => status === "done").map(({ name }) => name);
    const due = maintenanceJobs.filter(({ period }) => period === "hourly").map(({ name }) => name);
    // Without a folder there are no reports to go on with.
    expect(done.toSorted()).toEqual(due.filter((name) => name !== "imports").toSorted());
    expect(reports.filter(({ status }) => status === "failed")).toEqual([]);
    expect(reports).toHaveLength(due.length * 3);
  });

  test("goes to one of many callers at once", async () => {
    const { db } = context;
    const other = await context.openAnother();
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        takeLease(index % 2 === 0 ? db : other, "race", { holder: `holder ${index}`, leaseMs: 1000, ifDue: true }),
      ),
    );
    expect(taken.filter((lease) => lease !== null)).toHaveLength(1);
  });

  test("is renewed while the job runs", async () => {
    const { db, clock } = context;
    const end = Promise.withResolvers<object>();
    const run = vi.spyOn(jobWork, "expired-sessions").mockReturnValue(end.promise);
    const running = runMaintenance(db, "hourly", { ...sessions, leaseMs: 50 });
    await vi.waitFor(() => expect(run).toHaveBeenCalled());
    clock.advance({ seconds: 10 });
    await vi.waitFor(async () => expect((await getMaintenanceStatus(db))[0]?.runningOn).toMatch(/^nerve /));
    expect((await runMaintenance(db, "hourly", sessions)).jobs).toMatchObject([{ status: "held" }]);
    end.resolve({ rows: 3 });
    expect((await running).jobs).toMatchObject([{ status: "done", result: { rows: 3 } }]);
  });

  test("that was lost lets its old holder write nothing down", async () => {
    const { db, clock } = context;
    const options = { holder: "slow", leaseMs: 1000, ifDue: false };
    const slow = await takeLease(db, "expired-sessions", options);
    clock.advance({ seconds: 1 });
    expect((await runMaintenance(db, "hourly", sessions)).jobs).toMatchObject([{ status: "done" }]);
    const ending = { dueAt: clock.now(), durationMs: 0, outcome: "done", result: {}, error: null } as const;
    expect(await slow?.renew()).toBe(false);
    expect(await slow?.end(ending)).toBe(false);
    expect((await runMaintenance(db, "hourly", { ...sessions, ifDue: true })).jobs).toMatchObject([
      { status: "skipped", result: { reason: "It is not due." } },
    ]);
  });
});
