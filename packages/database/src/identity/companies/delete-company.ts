import { type ActorOption, actorOption } from "../../access/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { ConflictError, NotFoundError } from "../../errors/index.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { type Company, companyColumns, lockCompany, lockLiveCompany } from "./company.ts";

const setDeleted = statement((sql, p: { id: number; deletedAt: Date | null; isActive: boolean; now: Date }) =>
  sql
    .updateTable("companies")
    .set({ deleted_at: p.deletedAt, is_active: p.isActive, updated_at: p.now })
    .where("id", "=", p.id)
    .returning(companyColumns),
);

const findMember = statement((sql, p: { companyId: number }) =>
  sql.selectFrom("users").select("id").where("company_id", "=", p.companyId).where("deleted_at", "is", null).limit(1),
);

/**
 * Deletes a company softly: it is invisible from now on, and can be restored. One that still has users, demo accounts
 * included, is not deleted.
 *
 * @param db the database, or an open transaction
 * @param id id of the company
 * @param options `actor` (default the system)
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted already
 * @throws {ConflictError} REFERENCE_VIOLATION when it still has users
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "deleted.example" });
 * await deleteCompany(db, id);
 */
export async function deleteCompany(db: Handle, id: number, options: ActorOption = {}): Promise<Company> {
  const companyId = parseInput(recordId(), id, { field: "id" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    await lockLiveCompany(tx, companyId);
    if ((await findMember.first(tx, { companyId })) !== null) {
      throw new ConflictError("REFERENCE_VIOLATION", { message: "The company still has users." });
    }
    const now = tx.clock.now();
    const company = await setDeleted.first(tx, { id: companyId, deletedAt: now, isActive: false, now });
    await logAudit(tx, { action: "company_deleted", resourceType: "companies", resourceId: companyId, actor });
    return company as Company;
  });
}

/**
 * Brings a deleted company back; one that is not deleted stays as it is.
 *
 * @param db the database, or an open transaction
 * @param id id of the company
 * @param options `actor` (default the system)
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "restored.example" });
 * await deleteCompany(db, id);
 * await restoreCompany(db, id);
 */
export async function restoreCompany(db: Handle, id: number, options: ActorOption = {}): Promise<Company> {
  const companyId = parseInput(recordId(), id, { field: "id" });
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const company = await lockCompany(tx, companyId);
    if (company === null) throw new NotFoundError();
    if (company.deletedAt === null) return company;
    const now = tx.clock.now();
    const restored = await setDeleted.first(tx, { id: companyId, deletedAt: null, isActive: true, now });
    await logAudit(tx, { action: "company_restored", resourceType: "companies", resourceId: companyId, actor });
    return restored as Company;
  });
}
