import { z } from "zod";
import { requireSelf } from "../../access/require-self.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { findChangedFields } from "../account/changed-fields.ts";
import { lockLiveUser } from "../account/user.ts";
import { profileFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";

/**
 * Changes the caller's own profile. What decides who they are and what they may do is no part of it, and refused.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault, one that cannot be changed included
 * @throws {DatabaseError} UNAUTHENTICATED for a caller who is no user
 * @throws {NotFoundError} NOT_FOUND when the account is deleted
 * @throws {ConflictError} CONFLICT when somebody has the `username`
 * @example
 * const { id } = await createUser(db, { email: "p@example.org", password: "moon river dance seven", role: "user" });
 * await updateOwnProfile(db, { timezone: "America/New_York" }, systemCallerFor({ userId: id }));
 */
export const updateOwnProfile = changing({
  summary: "Change one's own profile",
  permission: "account:change",
  input: z.strictObject(profileFields).partial().shape,
  output: rowOf(users),
  async run(tx, wanted, caller) {
    const id = requireSelf(caller);
    const user = await lockLiveUser(tx, id);
    const fields = findChangedFields(user, wanted);
    if (fields.length === 0) return unchanged(user);
    const updated = await writeUser(tx, id, wanted);
    return changed(updated, { action: "profile_updated", on: users, id, metadata: { fields } });
  },
});
