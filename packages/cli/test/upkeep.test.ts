import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCompany, deleteCompany, logAudit, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testClock } from "../../database/test/support/clock.ts";
import { migratedPlace, engineNames, testKeys, type TestPlace } from "../../database/test/support/engines.ts";
import { nerveOn } from "./support/nerve.ts";

describe.each(engineNames)("The commands of upkeep on %s", (engine) => {
  let place: TestPlace;
  let folder: string;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    folder = await mkdtemp(join(tmpdir(), "nerve-upkeep-"));
    // What these tests look for was done two years ago.
    const clock = testClock(new Date(Date.now() - 730 * 86_400_000));
    const db = await openDatabase(place.url, { clock, keys: testKeys });
    const { id } = await createCompany(db, { name: "Old", primaryDomain: "old.example" });
    await deleteCompany(db, { id });
    await logAudit(db, { action: "old" });
    await db.close();
  });
  afterAll(async () => {
    await place.remove();
    await rm(folder, { recursive: true });
  });

  const run = (words: string, more: Record<string, string> = {}) => {
    const environment = {
      NERVE_BACKUP_FOLDER: join(folder, "backups"),
      NERVE_AUDIT_ARCHIVE_FOLDER: join(folder, "archive"),
      NERVE_KEY_FILE: join(folder, "key"),
      ...more,
    };
    return nerveOn(place.url, words.split(" "), { environment });
  };
  const ask = async (words: string) => {
    const { code, stdout, stderr } = await run(`${words} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as unknown;
  };

  test("purge counts in a dry run, and deletes without", async () => {
    const dryRun = await ask("purge --dry-run");
    expect(dryRun).toEqual({ dryRun: true, total: 1, tables: { companies: 1 } });
    expect(await ask("purge --older-than-days 1000")).toMatchObject({ total: 0 });
    expect((await run("purge")).stdout).toMatch(/companies +1\n\n1 rows were deleted\.\n$/);
    expect(await ask("purge")).toMatchObject({ total: 0 });
    expect(await run("purge --older-than-days -1")).toMatchObject({ code: 2 });
  });

  test("maintenance run tells what each step did, and --if-due does nothing twice", async () => {
    expect(await ask("maintenance run hourly")).toMatchObject({
      period: "hourly",
      jobs: expect.arrayContaining([
        { name: "rate-limits", status: "done", result: { deleted: 0 }, durationMs: expect.any(Number) },
      ]),
    });
    const again = (await ask("maintenance run hourly --if-due --only rate-limits")) as object;
    expect(again).toMatchObject({ jobs: [{ name: "rate-limits", status: "skipped" }] });
    const { stdout } = await run("maintenance status");
    expect(stdout).toMatch(/^rate-limits +hourly +done +20/m);
    expect(stdout).toMatch(/^audit-rotation +monthly +- +- +20/m);
  });

  test("maintenance run daily makes a backup, and ends with 3 when a job fails", async () => {
    const { jobs } = (await ask("maintenance run daily --only backup")) as {
      jobs: { result: { verified: boolean } }[];
    };
    expect(jobs[0]?.result.verified).toBe(true);
    await writeFile(join(folder, "a file"), "in the folder's place");
    const failed = await run("maintenance run daily --only backup --json", {
      NERVE_BACKUP_FOLDER: join(folder, "a file"),
    });
    expect(failed.code).toBe(3);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      jobs: [{ status: "failed", error: { code: expect.any(String) } }],
    });
  });

  test("NERVE_BACKUP_VERIFY_DAILY=false makes the daily backup without trying it, and health warns of that", async () => {
    const untried = { NERVE_BACKUP_VERIFY_DAILY: "false" };
    const { stdout } = await run("maintenance run daily --only backup --json", untried);
    expect(JSON.parse(stdout)).toMatchObject({ jobs: [{ status: "done", result: { verified: false } }] });
    const warnings = async (more: Record<string, string>) => {
      const report = JSON.parse((await run("health --json", more)).stdout) as { alerts: { code: string }[] };
      return report.alerts.filter(({ code }) => code === "CONFIGURATION");
    };
    const message = expect.stringContaining("NERVE_BACKUP_VERIFY_DAILY");
    expect(await warnings(untried)).toEqual([{ level: "warning", code: "CONFIGURATION", message }]);
    expect(await warnings({})).toEqual([]);
  });

  test("maintenance run monthly archives the audit log, and verify-archive checks it", async () => {
    expect(await ask("maintenance run monthly")).toMatchObject({ jobs: [{ name: "audit-rotation", status: "done" }] });
    const [file = ""] = await readdir(join(folder, "archive"));
    expect(await ask(`maintenance verify-archive ${join(folder, "archive", file)}`)).toMatchObject({ verified: true });
    const stranger = await run(`maintenance verify-archive ${join(folder, "key")} --json`);
    expect(stranger.code).toBe(1);
    expect(JSON.parse(stranger.stdout)).toEqual({ verified: false, reason: "damaged" });
  });

  test("wrong words are wrong usage", async () => {
    expect(await run("maintenance run yearly")).toMatchObject({ code: 2, stderr: expect.stringContaining("hourly") });
    expect(await run("maintenance run daily --only nothing")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--only must be of backup"),
    });
  });

  test("metrics prints the database's metrics", async () => {
    const { stdout } = await run("metrics");
    expect(stdout).toContain("nerve_db_connection_healthy 1\n");
    expect(stdout).toMatch(/^nerve_backup_last_verified_timestamp_seconds \d/m);
    expect(await ask("metrics")).toEqual({ metrics: expect.stringContaining("# TYPE nerve_db_size_bytes gauge") });
  });
});
