import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import type { Transaction } from "../database/handle.ts";
import { shapedStatement, statement } from "../database/statement.ts";
import { changed } from "../operation/changed.ts";
import { changing } from "../operation/operation.ts";
import { lightboxScanHistory, xasmScanHistory } from "../schema/surface/scans.ts";
import { requireOne, scanInput } from "./find-scan.ts";
import { isOwned } from "./owned.ts";
import { type Owned, ownedWithin } from "./scan-fields.ts";

type HistoryDefinition = typeof xasmScanHistory | typeof lightboxScanHistory;
type Wanted = z.output<z.ZodObject<typeof scanInput>>;

const answer = z.object({ id: z.int() });

const makeStatements = (table: HistoryDefinition["name"]) => ({
  lock: shapedStatement((sql, wanted: Owned & { scanId: string }) =>
    sql
      .selectFrom(table)
      .select(["id", "target", "company_id"])
      .where("scan_id", "=", wanted.scanId)
      .where("deleted_at", "is", null)
      .where(isOwned(table, wanted))
      .limit(2)
      .forNoKeyUpdate(),
  ),
  mark: statement((sql, p: { id: number; now: Date }) =>
    sql.updateTable(table).set({ deleted_at: p.now, is_active: false, updated_at: p.now }).where("id", "=", p.id),
  ),
});

const statements = {
  xasm_scan_history: makeStatements("xasm_scan_history"),
  lightbox_scan_history: makeStatements("lightbox_scan_history"),
};

async function deleteScan(tx: Transaction, table: HistoryDefinition, input: Wanted, caller: Caller) {
  const { lock, mark } = statements[table.name];
  const { id, target, companyId } = requireOne(await lock.all(tx, ownedWithin(input, caller)));
  await mark.run(tx, { id, now: tx.clock.now() });
  return changed({ id }, { action: "scan_deleted", on: table, id, metadata: { target }, companyId });
}

/**
 * Deletes an XASM scan softly: it is invisible from now on, and there again when it is saved again.
 *
 * @returns the number of the scan that was deleted
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted already
 * @throws {ConflictError} CONFLICT when several companies have one of this id: `companyId` names which is meant
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await saveXasmScan(db, { scanId: "nightly-1", target: "example.org", results: {} });
 * await deleteXasmScan(db, { scanId: "nightly-1" });
 */
export const deleteXasmScan = changing({
  summary: "Delete a scan",
  permission: "scan:write",
  input: scanInput,
  output: answer,
  run: (tx, input, caller) => deleteScan(tx, xasmScanHistory, input, caller),
});

/**
 * Deletes a Lightbox scan softly; otherwise as `deleteXasmScan`.
 *
 * @returns the number of the scan that was deleted
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted already
 * @throws {ConflictError} CONFLICT when several companies have one of this id
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await saveLightboxScan(db, { scanId: "nightly-2", target: "example.org", results: {} });
 * await deleteLightboxScan(db, { scanId: "nightly-2" });
 */
export const deleteLightboxScan = changing({
  summary: "Delete a scan",
  permission: "scan:write",
  input: scanInput,
  output: answer,
  run: (tx, input, caller) => deleteScan(tx, lightboxScanHistory, input, caller),
});
