import { z } from "zod";
import { actorField } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { requireSeat } from "../companies/seats.ts";
import { lockLiveUser, type User } from "../account/user.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";

const moveInput = z.strictObject({ companyId: accountFields.companyId, actor: actorField });

/**
 * Moves a user to another company, or out of any. The seat of the former company is free again.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `companyId` (null for none), `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such user, or it is deleted
 * @throws {ConflictError} SEATS_EXHAUSTED; REFERENCE_VIOLATION when the company does not exist
 * @example
 * const company = await createCompany(db, { name: "Example", primaryDomain: "moved.example" });
 * const { id } = await createUser(db, { email: "m@example.org", password: "moon river dance seven", role: "user" });
 * await moveUserToCompany(db, id, { companyId: company.id });
 */
export async function moveUserToCompany(db: Handle, userId: number, options: z.input<typeof moveInput>): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { companyId, actor } = parseInput(moveInput, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    if (user.companyId === companyId) return user;
    if (companyId !== null) await requireSeat(tx, companyId, user.role);
    const moved = await writeUser(tx, id, { companyId });
    await logAudit(tx, {
      action: "user_moved",
      resourceType: "users",
      resourceId: id,
      metadata: { from: user.companyId, to: companyId },
      actor,
    });
    return moved;
  });
}
