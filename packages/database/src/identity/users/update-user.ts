import { z } from "zod";
import { type ActorOption, actorOption } from "../../audit/actor.ts";
import { logAudit } from "../../audit/log-audit.ts";
import type { Handle } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput, recordId } from "../../validation/input.ts";
import { findChangedFields } from "../account/changed-fields.ts";
import { lockLiveUser, type User } from "../account/user.ts";
import { profileFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";

const changesInput = z.strictObject(profileFields).partial();

/** What can be changed of a profile. */
export type ProfileChanges = z.input<typeof changesInput>;

/**
 * Changes the profile of a user. What decides who may do what (e-mail address, role, company, status, password) is no
 * part of it, and refused.
 *
 * @param db the database, or an open transaction
 * @param userId the user
 * @param changes the fields to change: `fullName`, `username`, `phoneNumber`, `timezone`, `language`, `theme` (null
 *   clears these), `emailNotifications`, `securityAlerts`, `marketingEmails`
 * @param options `actor` (default the system)
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault, one that cannot be changed included
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT when somebody has the `username`
 * @example
 * const { id } = await createUser(db, { email: "p@example.org", password: "moon river dance seven", role: "user" });
 * await updateUser(db, id, { fullName: "Grace Example", timezone: "America/New_York" });
 */
export async function updateUser(
  db: Handle,
  userId: number,
  changes: ProfileChanges,
  options: ActorOption = {},
): Promise<User> {
  const id = parseInput(recordId(), userId, { field: "userId" });
  const wanted = parseInput(changesInput, changes);
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const user = await lockLiveUser(tx, id);
    const fields = findChangedFields(user, wanted);
    if (fields.length === 0) return user;
    const updated = await writeUser(tx, id, wanted);
    await logAudit(tx, { action: "user_updated", resourceType: "users", resourceId: id, metadata: { fields }, actor });
    return updated;
  });
}
