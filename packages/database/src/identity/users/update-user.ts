import { z } from "zod";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { findChangedFields } from "../account/changed-fields.ts";
import { profileFields } from "../account/user-fields.ts";
import { writeUser } from "../account/write-user.ts";
import { lockManagedUser } from "./managed-user.ts";

/**
 * Changes the profile of a user. What decides who may do what (e-mail address, role, company, status, password) is no
 * part of it, and refused.
 *
 * @returns the user as it is now
 * @throws {ValidationError} INVALID_INPUT with the field at fault, one that cannot be changed included
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is deleted
 * @throws {ConflictError} CONFLICT when somebody has the `username`
 * @example
 * const { id } = await createUser(db, { email: "p@example.org", password: "moon river dance seven", role: "user" });
 * await updateUser(db, { id, fullName: "Grace Example", timezone: "America/New_York" });
 */
export const updateUser = changing({
  summary: "Change a user's profile",
  permission: "user:write",
  input: { id: recordId(), ...z.strictObject(profileFields).partial().shape },
  output: rowOf(users),
  async run(tx, { id, ...wanted }, caller) {
    const user = await lockManagedUser(tx, id, caller);
    const fields = findChangedFields(user, wanted);
    if (fields.length === 0) return unchanged(user);
    const updated = await writeUser(tx, id, wanted);
    return changed(updated, { action: "user_updated", on: users, id, metadata: { fields } });
  },
});
