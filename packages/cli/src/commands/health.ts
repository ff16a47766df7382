import {
  type Database,
  DatabaseConnectionError,
  formatBytes,
  type HealthReport,
  runHealthCheck,
  systemClock,
} from "@nerve/database";
import type { Settings } from "@nerve/server/settings";
import { describeLeftOut } from "./backup/files.ts";
import { addCommand, type Answer, type RegisterCommands } from "../command.ts";
import { readSettings, useDatabase } from "../database.ts";
import { exitCodes } from "../failure.ts";
import { summarizeJobs } from "../jobs-table.ts";
import { printableLine, printableText } from "../printable.ts";
import { formatTable } from "../table.ts";

export const registerHealth: RegisterCommands = (program, surroundings) => {
  addCommand(program, surroundings, {
    usage: "health",
    description: "check the connection, every table, every reference and the disk; ends with 1 if anything is critical",
    run: (call) =>
      // Whatever is wrong with it is for the check to say.
      useDatabase(call, (db) => examine(db, readSettings(call)), { migrations: "ignore" }).catch((error: unknown) => {
        if (error instanceof DatabaseConnectionError) return unreachable(error);
        throw error;
      }),
  });
};

async function examine(db: Database, { backupVerifyDaily }: Settings): Promise<Answer> {
  const report = await runHealthCheck(db, { verifiesBackups: backupVerifyDaily });
  const exitCode = report.healthy ? exitCodes.done : exitCodes.no;
  return { json: report, text: formatReport(report), exitCode };
}

/** The answer for a database that cannot even be opened. */
function unreachable({ code, message, help }: DatabaseConnectionError): Answer {
  const nothing = {
    tables: null,
    foreignKeys: null,
    stats: null,
    storage: null,
    performance: null,
    maintenance: null,
    schemaGap: null,
    secrets: null,
    exposed: [],
    misconfigurations: null,
    leftOut: null,
    outdatedCollations: null,
    mails: null,
    nearQuotas: null,
    timesAhead: [],
  };
  const connection = { healthy: false, latencyMs: null, error: { code, message, help } };
  const alerts = [{ level: "critical", code: "CONNECTION", message }];
  return {
    json: { healthy: false, timestamp: systemClock.now(), connection, ...nothing, alerts },
    text: printableText(`The database is NOT healthy.\n\n${message}\n${help}`),
    exitCode: exitCodes.no,
  };
}

function formatReport(report: HealthReport): string {
  const { healthy, connection, tables, foreignKeys, stats, alerts, maintenance } = report;
  const faults = [
    ...tables.errors.map(({ table, message }) => [table, message]),
    ...foreignKeys.violations.map((orphan) => [
      orphan.table,
      `Row ${orphan.rowId ?? "without a key"} refers to a row of ${orphan.parent} that does not exist.`,
    ]),
  ];
  return [
    healthy ? "The database is healthy." : "The database is NOT healthy.",
    formatTable(
      ["CHECK", "OUTCOME", "DETAIL"],
      [
        ["connection", verdict(connection.healthy), `${connection.latencyMs} ms`],
        ["tables", verdict(tables.healthy), `${tables.tablesChecked} checked, ${tables.errors.length} faults`],
        ["references", verdict(foreignKeys.healthy), `${foreignKeys.total} rows refer to none`],
        ["size", stats === null ? "unknown" : "–", stats === null ? null : formatBytes(stats.sizeBytes)],
      ],
    ),
    ...(maintenance === null ? [] : [summarizeJobs(maintenance)]),
    ...(alerts.length === 0
      ? []
      : [
          formatTable(
            ["ALERT", "CODE", "WHAT"],
            alerts.map(({ level, code, message }) => [level, code, message]),
          ),
        ]),
    ...(faults.length === 0 ? [] : [formatTable(["TABLE", "FAULT"], faults)]),
    ...(report.leftOut === null || report.leftOut.length === 0 ? [] : [printableText(describeLeftOut(report.leftOut))]),
    ...tables.skipped.map((why) => `A further check is left out, which is no fault: ${printableLine(why)}`),
  ].join("\n\n");
}

function verdict(healthy: boolean): string {
  return healthy ? "good" : "BAD";
}
