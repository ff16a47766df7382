import type { Handle } from "../../database/handle.ts";
import { fetchFirst } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import { type ImportCounts, noCounts } from "./import-run.ts";
import type { ImportReceipt } from "./receipt.ts";

/** Reads the receipt of an import. */
export async function readReceipt(db: Handle, importId: number): Promise<ImportReceipt> {
  const query = db.sql
    .selectFrom("scan_imports")
    .select(["id", "scan_id", "status", "format", "tool", "complete", "counts", "rejects", "warnings"])
    .where("id", "=", importId);
  const row = await fetchFirst(db, query);
  if (row === null) throw new NotFoundError();
  const {
    rejected = 0,
    sampled: _,
    ...counts
  } = (row.counts ?? {}) as Partial<ImportCounts> & { rejected?: number; sampled?: unknown };
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
    rejected,
    rejects: (row.rejects ?? []) as unknown as ImportReceipt["rejects"],
    warnings: (row.warnings ?? []) as unknown as ImportReceipt["warnings"],
  };
}
