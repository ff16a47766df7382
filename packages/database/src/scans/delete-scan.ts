import type { z } from "zod";
import { type Actor, actorField } from "../access/actor.ts";
import { logAudit } from "../audit/log-audit.ts";
import type { Handle } from "../database/handle.ts";
import { shapedStatement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { parseInput } from "../validation/input.ts";
import { scanInScope } from "./find-scan.ts";
import { type HistoryTable, inScope, type Scope } from "./scan-fields.ts";

const deleteInput = scanInScope.extend({ actor: actorField });

/** The scan to delete, whose it has to be, and who deletes it. */
export type ScanToDelete = z.input<typeof deleteInput>;

type Wanted = Scope & { scanId: string; now: Date };

const deleteFrom = (table: HistoryTable) =>
  shapedStatement((sql, wanted: Wanted) =>
    sql
      .updateTable(table)
      .set({ deleted_at: wanted.now, is_active: false, updated_at: wanted.now })
      .where("scan_id", "=", wanted.scanId)
      .where("deleted_at", "is", null)
      .where(inScope(sql, wanted))
      .returning(["id", "target"]),
  );

const deleteStatements = {
  xasm_scan_history: deleteFrom("xasm_scan_history"),
  lightbox_scan_history: deleteFrom("lightbox_scan_history"),
};

async function deleteScan(db: Handle, table: HistoryTable, scan: ScanToDelete): Promise<boolean> {
  const { actor, ...wanted } = parseInput(deleteInput, scan);
  return transaction(db, async (tx) => {
    const deleted = await deleteStatements[table].first(tx, { ...wanted, now: tx.clock.now() });
    if (deleted === null) return false;
    await logAudit(tx, entryFor(table, deleted, actor));
    return true;
  });
}

function entryFor(table: HistoryTable, { id, target }: { id: number; target: string }, actor: Actor) {
  return { action: "scan_deleted", resourceType: table, resourceId: id, metadata: { target }, actor };
}

/**
 * Deletes an XASM scan softly: it is invisible from now on, and there again when it is saved again.
 *
 * @param db the database, or an open transaction
 * @param scan `scanId`, `userId` (the owner) or `companyId` to delete that user's or that company's scans only, `actor`
 * @returns whether there was such a scan
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await saveXasmScan(db, { scanId: "nightly-1", target: "example.org", results: {} });
 * await deleteXasmScan(db, { scanId: "nightly-1" }); // true
 */
export async function deleteXasmScan(db: Handle, scan: ScanToDelete): Promise<boolean> {
  return deleteScan(db, "xasm_scan_history", scan);
}

/**
 * Deletes a Lightbox scan softly: it is invisible from now on, and there again when it is saved again.
 *
 * @param db the database, or an open transaction
 * @param scan as for `deleteXasmScan`
 * @returns whether there was such a scan
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await deleteLightboxScan(db, { scanId: "unknown" }); // false
 */
export async function deleteLightboxScan(db: Handle, scan: ScanToDelete): Promise<boolean> {
  return deleteScan(db, "lightbox_scan_history", scan);
}
