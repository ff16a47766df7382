import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { releaseSurface } from "../../surface/triage/release-surface.ts";
import { findCompanyDemand } from "../account/second-factor-due.ts";
import { tellOfDemand } from "../account/tell-of-demand.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";
import { requireSeat } from "../companies/seats.ts";
import { endAccess } from "./end-access.ts";
import { lockManagedUser } from "./managed-user.ts";

/**
 * Moves a user to another company, or out of any. The seat of the former company is free again.
 * All sessions end and all API keys are revoked: what was given for one company does not open another. The records of the user
 * stay with the company that they were made in, and its findings are no longer assigned to them. Where the new
 * company demands a second factor, its days of grace begin now.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it is deleted
 * @throws {ConflictError} SEATS_EXHAUSTED; REFERENCE_VIOLATION when the company does not exist
 * @example
 * const company = await createCompany(db, { name: "Example", primaryDomain: "moved.example" });
 * const { id } = await createUser(db, { email: "m@example.org", password: "moon river dance seven", role: "user" });
 * await moveUserToCompany(db, { id, companyId: company.id });
 */
export const moveUserToCompany = changing({
  summary: "Move a user to another company, or out of any; sessions end, API keys are revoked",
  permission: "company:manage",
  fresh: true,
  input: { id: recordId(), companyId: accountFields.companyId },
  output: rowOf(users),
  async run(tx, { id, companyId }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    if (user.companyId === companyId) return unchanged(user);
    if (companyId !== null) await requireSeat(tx, companyId, user.role);
    const ended = await endAccess(tx, id, caller.actor);
    const companySince = companyId === null ? null : tx.clock.now();
    const moved = await writeUser(tx, id, { companyId, companySince });
    await releaseSurface(tx, moved, caller.actor);
    await tellOfDemand(tx, {
      userId: id,
      before: { ...user, ...(await findCompanyDemand(tx, user.companyId)) },
      after: { ...moved, ...(await findCompanyDemand(tx, companyId)) },
      actor: caller.actor,
    });
    const metadata = { from: user.companyId, to: companyId, ...ended };
    return changed(moved, { action: "user_moved", on: users, id, metadata, companyId: user.companyId ?? companyId });
  },
});
