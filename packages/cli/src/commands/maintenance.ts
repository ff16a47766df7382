import {
  getMaintenanceStatus,
  type MaintenanceOutcome,
  maintenancePeriods,
  type MaintenancePeriod,
  runMaintenance,
  verifyAuditArchive,
} from "@nerve/database";
import { Argument } from "commander";
import { commandLine } from "../actor.ts";
import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { readSettings, useDatabase } from "../database.ts";
import { exitCodes } from "../failure.ts";
import { formatJobs } from "../jobs-table.ts";
import { collect } from "../options.ts";
import { printableLine } from "../printable.ts";
import { formatTable } from "../table.ts";

interface RunOptions {
  readonly only?: string[];
  readonly ifDue?: true;
  readonly dryRun?: true;
}

export const registerMaintenance: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "maintenance", "the jobs that keep the database in order");

  addCommand<RunOptions>(group, surroundings, {
    usage: "run",
    description: "run the jobs of a period at once; a job that another process runs is left to it",
    options: (command) =>
      command
        .addArgument(new Argument("<period>", "which jobs").choices(maintenancePeriods))
        .option("--only <job>", "this job only; may be given several times", collect)
        .option("--if-due", "leave out what has been done on time already, by whichever process")
        .option("--dry-run", "count what would be done, and change nothing"),
    run: (call) =>
      useDatabase(call, async (db) => {
        const { only, ifDue = false, dryRun = false } = call.options;
        const { maintenancePolicy } = await import("@nerve/server");
        const options = { ...maintenancePolicy(readSettings(call)), ifDue, dryRun, actor: commandLine };
        const chosen = only === undefined ? options : { ...options, only };
        const period = call.words[0] as MaintenancePeriod;
        const outcome = await runMaintenance(db, period, { ...chosen, holder: "nerve command line" });
        const hasFailed = outcome.jobs.some(({ status }) => status === "failed");
        const answer = { json: outcome, text: formatOutcome(outcome) };
        return hasFailed ? { ...answer, exitCode: exitCodes.failed } : answer;
      }),
  });

  addCommand(group, surroundings, {
    usage: "status",
    description: "tell how each job last ended, and when it is due",
    run: (call) =>
      useDatabase(call, async (db) => {
        const jobs = await getMaintenanceStatus(db);
        return { json: { jobs }, text: formatJobs(jobs) };
      }),
  });

  addCommand(group, surroundings, {
    usage: "verify-archive <file>",
    description: "check that an archive of the audit log is what was archived",
    run: (call) =>
      useDatabase(call, async (db) => {
        const [file = ""] = call.words;
        const verdict = await verifyAuditArchive(db, file);
        if (!verdict.verified) {
          return { json: verdict, text: `Not verified: ${verdict.reason}.`, exitCode: exitCodes.no };
        }
        const { rows, from, to } = verdict;
        return { json: verdict, text: printableLine(`Verified: ${rows} rows from ${from} to ${to}.`) };
      }),
  });
};

function formatOutcome({ jobs }: MaintenanceOutcome): string {
  const rows = jobs.map(({ name, status, durationMs, result, error }) => [
    name,
    status,
    durationMs,
    error?.message ?? describe(result),
  ]);
  return formatTable(["JOB", "STATUS", "MS", "RESULT"], rows);
}

/** The result in a few words: `deactivated 3, deleted 1`. */
function describe(result: Readonly<Record<string, unknown>> | null): string {
  return Object.entries(result ?? {})
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
