import type { Handle } from "../../../database/handle.ts";
import { runQuery } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { DatabaseError, type ErrorCode } from "../../../errors/index.ts";

/** The code of what an import failed of. */
export function codeOfFailure(error: unknown): ErrorCode {
  return error instanceof DatabaseError ? error.code : "DATABASE_FAILED";
}

/** Writes down that an unfinished import has failed, and why. */
export async function failImport(
  db: Handle,
  { importId, companyId }: { readonly importId: number; readonly companyId: number },
  error: unknown,
): Promise<void> {
  await transaction(
    db,
    (tx) =>
      runQuery(
        tx,
        tx.sql
          .updateTable("scan_imports")
          .set({
            status: "failed",
            error_code: codeOfFailure(error),
            finished_at: tx.clock.now(),
            updated_at: tx.clock.now(),
          })
          .where("id", "=", importId)
          .where("status", "=", "merging"),
      ),
    { company: companyId },
  );
}
