import type { Extras, ImportSummary, MovingSummary } from "@nerve/database";
import { printableLine } from "../../printable.ts";
import { formatTable } from "../../table.ts";

/** What was moved, for people. */
export function formatMovingSummary(
  summary: MovingSummary & Extras & Partial<Pick<ImportSummary, "warnings" | "scans">>,
  { dryRun, rejects }: { dryRun?: true; rejects?: string },
): string[] {
  const rows = summary.tables
    .filter(({ read }) => read > 0)
    .map(({ table, read, written, rejected, checksumMatch }) => [
      table,
      read,
      written,
      rejected,
      checksumMatch === null ? "not compared" : checksumMatch ? "equal" : "DIFFERENT",
    ]);
  const reasons = summary.reasons.map(({ kind, table, column, reason, count }) => [count, kind, table, column, reason]);
  return [
    ...(summary.warnings ?? []).map(printableLine),
    ...describeExtras(summary),
    formatTable(["TABLE", "READ", "WRITTEN", "LEFT BEHIND", "READ BACK"], rows),
    ...(reasons.length === 0 ? [] : [formatTable(["ROWS", "WHAT", "TABLE", "COLUMN", "WHY"], reasons)]),
    ...(summary.scans === undefined ? [] : [describeScans(summary.scans)]),
    ...(summary.rejectedTotal > 0 && rejects === undefined ? ["`--rejects FILE` names each of these rows."] : []),
    dryRun === true ? "This was a dry run: nothing was written." : `Done in ${summary.durationMs} ms.`,
  ];
}

function describeScans({ scans, findings, withoutCompany, unread, rejectedEntries }: ImportSummary["scans"]): string {
  const counts = {
    "of no company": withoutCompany,
    "not readable": unread,
    "entries that say too little": rejectedEntries,
  };
  const rest = Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`; ${what}: ${count}`]));
  return `Findings made of scans of the attack surface: ${findings}. Scans read: ${scans}${rest.join("")}.`;
}

/** What stays behind, for nothing knows it here. */
function describeExtras({ extraTables, extraColumns }: Extras): string[] {
  return [
    ...extraTables.map(({ table, rows }) => `Not taken over: the table ${table} (${rows} rows).`),
    ...extraColumns.map(
      ({ table, column, values }) => `Not taken over: the column ${column} of ${table} (${values} values).`,
    ),
  ].map(printableLine);
}
