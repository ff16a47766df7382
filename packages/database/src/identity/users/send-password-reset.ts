import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { ConflictError } from "../../errors/index.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { users } from "../../schema/core.ts";
import { notify } from "../../mails/notify.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { ipAddress, recordId } from "../../validation/input.ts";
import { makeHandedLink } from "../passwords/reset-links.ts";
import { lockManagedUser } from "./managed-user.ts";

const passwordLink = z.object({
  email: z.string(),
  token: z.string().meta({ description: "For the link and nothing else." }),
  expiresAt: z.date(),
});

/** Makes the link of a user whom the caller may manage; null for an account that is suspended or switched off. */
async function makeLink(tx: Transaction, id: number, caller: Caller): Promise<z.output<typeof passwordLink> | null> {
  const { email } = await lockManagedUser(tx, id, caller);
  const link = await makeHandedLink(tx, id);
  const { ipAddress: address, userAgent } = caller.actor;
  await logSecurityEvent(tx, {
    eventType: "password_reset_requested",
    severity: "info",
    description: "An administrator made a link to set a password.",
    email,
    userId: id,
    ipAddress: address,
    userAgent,
  });
  return link === null ? null : { email, token: link.token, expiresAt: link.expiresAt };
}

/**
 * Makes the token of a link with which a user whom the caller may manage sets a new password; the caller mails it. It lives
 * for a day.
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
  output: passwordLink.nullable(),
  async run(tx, { id, ipAddress: address }, caller) {
    const actor = { ...caller.actor, ipAddress: address };
    const link = await makeLink(tx, id, { ...caller, actor });
    return changed(link, { action: "password_reset_sent", on: users, id });
  },
});

/**
 * Makes the token of a link that is shown, once, to whoever asks: an invitation for a new user, a way back for one who lost the
 * password, where no mail server would carry it. It lives for a day and works once; the present password works until then. Who
 * hands it over vouches for the user: its use confirms the address. A second factor is still needed.
 *
 * @returns the token, whose address it is for, and when it stops working
 * @throws {ConflictError} USER_SUSPENDED for an account that is suspended or switched off
 * @throws {PermissionError} PERMISSION_DENIED for an API key, and for a role above one's own
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.4.4
 * @example
 * const { id } = await createUser(db, { email: "i@example.org", password: "moon river dance seven", role: "user" });
 * const { token, expiresAt } = await makePasswordLink(db, { id });
 */
export const makePasswordLink = changing({
  summary: "Get a link with which a user sets a password, to hand over where no mail is set up",
  permission: "user:write",
  fresh: true,
  input: { id: recordId() },
  output: passwordLink,
  async run(tx, { id }, caller) {
    const link = await makeLink(tx, id, caller);
    if (link === null) throw new ConflictError("USER_SUSPENDED");
    await notify(tx, { userId: id, notice: "password_link_shown", actor: caller.actor });
    return changed(link, { action: "password_link_shown", on: users, id });
  },
});
