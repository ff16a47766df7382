import { z } from "zod";
import { actorField } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { lockLiveUser, type User } from "../account/user.ts";
import { accountFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";

const emailInput = z.strictObject({ email: accountFields.email, actor: actorField });

/**
 * Gives a user another e-mail address, which is then to be verified. Links that were mailed to the former one no longer
 * work. Ask the user to authenticate anew first (ASVS 7.5.1).
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param options `email`, `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT for `email` when somebody has it
 * @example
 * const { id } = await createUser(db, { email: "old@example.org", password: "moon river dance seven", role: "user" });
 * await changeUserEmail(db, id, { email: "new@example.org" });
 */
export async function changeUserEmail(db: Handle, userId: number, options: z.input<typeof emailInput>): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const { email, actor } = parseInput(emailInput, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    if (user.email === email) return user;
    const changed = await writeUser(tx, id, {
      email,
      emailVerified: false,
      emailVerifiedAt: null,
      emailVerificationToken: null,
      emailVerificationExpires: null,
      passwordResetToken: null,
      passwordResetExpires: null,
    });
    await logAudit(tx, { action: "user_email_changed", resourceType: "users", resourceId: id, actor });
    return changed;
  });
}
