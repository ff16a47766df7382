import { statement } from "../../database/statement.ts";
import { ConflictError, NotFoundError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { companies } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { type Company, companyColumns, lockCompany, lockLiveCompany } from "./company.ts";
import { requireReachedCompany } from "./reached-company.ts";

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
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted already
 * @throws {ConflictError} REFERENCE_VIOLATION when it still has users
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "deleted.example" });
 * await deleteCompany(db, { id });
 */
export const deleteCompany = changing({
  summary: "Delete a company; can be restored",
  permission: "company:manage",
  input: { id: recordId() },
  output: rowOf(companies),
  async run(tx, { id }, caller) {
    requireReachedCompany(id, caller);
    await lockLiveCompany(tx, id);
    if ((await findMember.first(tx, { companyId: id })) !== null) {
      throw new ConflictError("REFERENCE_VIOLATION", { message: "The company still has users." });
    }
    const now = tx.clock.now();
    const deleted = (await setDeleted.first(tx, { id, deletedAt: now, isActive: false, now })) as Company;
    return changed(deleted, { action: "company_deleted", on: companies, id, companyId: id });
  },
});

/**
 * Brings a deleted company back; one that is not deleted stays as it is.
 *
 * @returns the company as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none within reach
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "restored.example" });
 * await deleteCompany(db, { id });
 * await restoreCompany(db, { id });
 */
export const restoreCompany = changing({
  summary: "Restore a deleted company",
  permission: "company:manage",
  input: { id: recordId() },
  output: rowOf(companies),
  async run(tx, { id }, caller) {
    requireReachedCompany(id, caller);
    const company = await lockCompany(tx, id);
    if (company === null) throw new NotFoundError();
    if (company.deletedAt === null) return unchanged(company);
    const now = tx.clock.now();
    const restored = (await setDeleted.first(tx, { id, deletedAt: null, isActive: true, now })) as Company;
    return changed(restored, { action: "company_restored", on: companies, id, companyId: id });
  },
});
