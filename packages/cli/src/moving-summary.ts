import type { MovingSummary } from "@nerve/database";
import { formatTable } from "./table.ts";

/** What was moved, for people. */
export function formatMovingSummary(
  summary: MovingSummary,
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
    formatTable(["TABLE", "READ", "WRITTEN", "LEFT BEHIND", "READ BACK"], rows),
    ...(reasons.length === 0 ? [] : [formatTable(["ROWS", "WHAT", "TABLE", "COLUMN", "WHY"], reasons)]),
    ...(summary.rejectedTotal > 0 && rejects === undefined ? ["`--rejects FILE` names each of these rows."] : []),
    dryRun === true ? "This was a dry run: nothing was written." : `Done in ${summary.durationMs} ms.`,
  ];
}
