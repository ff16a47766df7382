import { z } from "zod";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { users } from "../../schema/core.ts";
import { ipAddress, recordId } from "../../validation/input.ts";
import { requestPasswordReset } from "../passwords/reset-password.ts";
import { lockManagedUser } from "./managed-user.ts";

const resetLink = z.object({
  email: z.string(),
  token: z.string().meta({ description: "For the mail and nothing else." }),
  expiresAt: z.date(),
});

/**
 * Makes the token of a link with which a user whom the caller may manage sets a new password; the caller mails it.
 *
 * @returns the token and where to mail it; null for an account that is suspended or switched off
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "user" });
 * const link = await preparePasswordReset(db, { id, ipAddress: "192.0.2.7" });
 */
export const preparePasswordReset = changing({
  summary: "Mail a user a link to set a new password",
  permission: "user:write",
  input: { id: recordId(), ipAddress: ipAddress() },
  output: resetLink.nullable(),
  async run(tx, { id, ipAddress: address }, caller) {
    const { email } = await lockManagedUser(tx, id, caller);
    const { userAgent } = caller.actor;
    const reset = await requestPasswordReset(tx, { email, ipAddress: address, userAgent });
    const link = reset === null ? null : { email, token: reset.token, expiresAt: reset.expiresAt };
    return changed(link, { action: "password_reset_sent", on: users, id });
  },
});
