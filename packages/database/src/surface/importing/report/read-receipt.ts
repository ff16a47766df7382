import type { Handle } from "../../../database/handle.ts";
import { fetchFirst } from "../../../database/statement.ts";
import { NotFoundError } from "../../../errors/index.ts";
import type { RowOf } from "../../../schema/tables.ts";
import { type ImportCounts, noCounts } from "../running/import-run.ts";
import type { ImportReceipt } from "./receipt.ts";

/** The columns of an import that its receipt is made of. */
export type CountedImport = Pick<
  RowOf<"scan_imports">,
  "id" | "scanId" | "status" | "format" | "tool" | "complete" | "held" | "counts"
>;

/** What the receipt of an import says, but for what was refused of the report. */
export function receiptOf(row: CountedImport): Omit<ImportReceipt, "rejects" | "warnings"> {
  const {
    rejected = 0,
    sampled: _sampled,
    policies: _policies,
    ...counts
  } = (row.counts ?? {}) as Partial<ImportCounts> & { rejected?: number; sampled?: unknown; policies?: unknown };
  return {
    ...noCounts(),
    ...counts,
    importId: row.id,
    scanId: row.scanId,
    status: row.status,
    format: row.format,
    tool: row.tool,
    outcome: row.status === "partial" ? "partial" : "read",
    complete: row.complete,
    held: row.held,
    rejected,
  };
}

/** What was refused of a report, and what else there is to know of it. */
export function remarksOf({
  rejects,
  warnings,
}: Pick<RowOf<"scan_imports">, "rejects" | "warnings">): Pick<ImportReceipt, "rejects" | "warnings"> {
  return {
    rejects: (rejects ?? []) as unknown as ImportReceipt["rejects"],
    warnings: (warnings ?? []) as unknown as ImportReceipt["warnings"],
  };
}

/** Reads the receipt of an import. */
export async function readReceipt(db: Handle, importId: number): Promise<ImportReceipt> {
  const query = db.sql
    .selectFrom("scan_imports")
    .select(["id", "scan_id", "status", "format", "tool", "complete", "held", "counts", "rejects", "warnings"])
    .where("id", "=", importId);
  const row = await fetchFirst(db, query);
  if (row === null) throw new NotFoundError();
  return { ...receiptOf(row), ...remarksOf(row) };
}
