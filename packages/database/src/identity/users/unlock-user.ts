import { unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { unlockUserAccount } from "../../security/index.ts";
import { recordId } from "../../validation/input.ts";
import { lockLiveUser } from "../account/user.ts";
import { lockManagedUser } from "./managed-user.ts";

/**
 * Lifts the lock of an account before its time, and forgets the failed sign-ins until now, as `unlockUserAccount` does, for a
 * user whom the caller may manage.
 *
 * @returns the user as it is now
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "l@example.org", password: "moon river dance seven", role: "user" });
 * await lockUserAccount(db, id);
 * const { status } = await unlockUser(db, { id }); // "active"
 */
export const unlockUser = changing({
  summary: "Lift a lock before its time, and forget the failed sign-ins until now",
  permission: "user:write",
  input: { id: recordId() },
  output: rowOf(users),
  async run(tx, { id }, caller) {
    await lockManagedUser(tx, id, caller);
    await unlockUserAccount(tx, id, { actor: caller.actor });
    return unchanged(await lockLiveUser(tx, id));
  },
});
