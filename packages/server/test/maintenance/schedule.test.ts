import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type Database, getMaintenanceStatus } from "@nerve/database";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { createLogger } from "../../src/index.ts";
import { createMaintenanceRunner, scheduleMaintenance } from "../../src/maintenance/schedule.ts";
import { testSettings } from "../support/test-server.ts";

describeOnEachEngine("The upkeep of a server", (context) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-upkeep-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lines: string[] = [];
  const log = createLogger(
    "debug",
    new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) }),
  );

  const runnerOf = (db: Database) => {
    const folders = { NERVE_BACKUP_FOLDER: join(folder, "b"), NERVE_AUDIT_ARCHIVE_FOLDER: join(folder, "a") };
    return createMaintenanceRunner(db, testSettings(folders), log);
  };

  const backups = async () => (await readdir(join(folder, "b"))).filter((name) => name.endsWith(".json"));

  test("runs what is due, each job once among all servers of a database", async () => {
    const { db, clock } = context;
    const runners = [runnerOf(db), runnerOf(await context.openAnother())];
    clock.set(new Date("2026-03-04T01:59:00Z"));
    await Promise.all(runners.map((runner) => runner.run()));
    clock.set(new Date("2026-03-04T02:00:00Z"));
    await Promise.all(runners.map((runner) => runner.run()));
    await Promise.all(runners.map((runner) => runner.run()));
    const jobs = await getMaintenanceStatus(db);
    expect(jobs.find(({ name }) => name === "backup")).toMatchObject({
      lastOutcome: "done",
      lastResult: { verified: true },
      nextRunAt: new Date("2026-03-05T02:00:00Z"),
    });
    expect(await backups()).toHaveLength(1);
    expect(lines.filter((line) => line.includes(`"job":"backup"`) && line.includes(`"status":"done"`))).toHaveLength(1);
  });

  test("does not overlap itself, and begins nothing once it is stopped", async () => {
    const { db, clock } = context;
    const runner = runnerOf(db);
    clock.advance({ hours: 1 });
    expect(runner.run()).toBe(runner.run());
    await runner.stop(10);
    const before = await getMaintenanceStatus(db);
    clock.advance({ hours: 2 });
    await runner.run();
    expect(await getMaintenanceStatus(db)).toEqual(before);
  });

  test("is logged where it cannot even begin, and goes on", async () => {
    const lost = await context.openAnother();
    const runner = runnerOf(lost);
    await lost.close();
    await runner.run();
    expect(lines.at(-1)).toContain("could not be read");
  });

  test("is looked for every minute until the schedule is ended", async () => {
    vi.useFakeTimers();
    try {
      const runner = { run: vi.fn(() => Promise.resolve()), stop: vi.fn(() => Promise.resolve()) };
      const end = scheduleMaintenance(runner);
      await vi.advanceTimersByTimeAsync(3 * 60_000);
      expect(runner.run).toHaveBeenCalledTimes(3);
      await end(5);
      expect(runner.stop).toHaveBeenCalledWith(5);
      await vi.advanceTimersByTimeAsync(3 * 60_000);
      expect(runner.run).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });
});
