import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { type Changed, changed, unchanged } from "../../operation/changed.ts";
import { users } from "../../schema/core.ts";
import type { User } from "../account/user.ts";
import { writeUser } from "../account/write-user.ts";
import { notify } from "../../mails/notify.ts";
import { endResetLinks } from "../passwords/reset-links.ts";
import { requireFreeAddress } from "./free-address.ts";

/**
 * Lets an address wait beside the present one of a user until the link that is mailed there is used. Proposing the present one
 * takes back what waits. An address that nobody has confirmed yet loses the links that were mailed to it at once.
 *
 * @param user the user, locked
 * @throws {ConflictError} CONFLICT for `email` when somebody has it, or its domain is another company's
 */
export async function proposeAddress(
  tx: Transaction,
  user: User,
  email: string,
  caller: Caller,
): Promise<Changed<User>> {
  const { id, companyId } = user;
  const pendingEmail = email === user.email ? null : email;
  if (pendingEmail === user.pendingEmail) return unchanged(user);
  if (pendingEmail !== null) await requireFreeAddress(tx, { email, companyId }, caller);
  const waiting = await writeUser(tx, id, {
    pendingEmail,
    emailVerificationToken: null,
    emailVerificationExpires: null,
  });
  if (!user.emailVerified) await endResetLinks(tx, id);
  if (pendingEmail !== null) await notify(tx, { userId: id, notice: "email_change_requested", actor: caller.actor });
  const action = pendingEmail === null ? "user_email_change_withdrawn" : "user_email_change_requested";
  return changed(waiting, { action, on: users, id });
}
