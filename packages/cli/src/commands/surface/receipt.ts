import type { ImportReceipt, ReportFile } from "@nerve/database";
import { printableLine } from "../../printable.ts";
import { formatTable } from "../../table.ts";

/** What imports did, for people. */
export function describeReceipts(
  imports: readonly ImportReceipt[],
  files: readonly Pick<ReportFile, "name">[],
  { dryRun }: { dryRun: boolean },
): string[] {
  const rows = imports.map((receipt, index) => [
    dryRun ? "-" : receipt.importId,
    files[index]?.name,
    receipt.format,
    receipt.outcome,
    receipt.findings,
    receipt.created,
    receipt.reactivated,
    receipt.untouched,
    receipt.closed,
    receipt.held,
    receipt.notCovered,
    receipt.rejected,
  ]);
  const headings = "IMPORT FILE FORMAT OUTCOME FINDINGS NEW REACTIVATED UNTOUCHED CLOSED HELD UNCOVERED REJECTED".split(
    " ",
  );
  return [
    formatTable(headings, rows),
    ...imports.flatMap(({ rejects, warnings }) =>
      [...rejects.map(({ place, reason }) => `${place}: ${reason}`), ...warnings].map(printableLine),
    ),
    ...imports.flatMap(({ importId, held }) =>
      held === 0 || dryRun
        ? []
        : [
            `${held} closings wait, since they are suspiciously many: \`nerve import confirm ${importId}\` closes them.`,
          ],
    ),
    ...(dryRun ? ["This was a dry run: nothing was written."] : []),
  ];
}
