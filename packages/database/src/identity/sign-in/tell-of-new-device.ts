import type { Transaction } from "../../database/handle.ts";
import { notify } from "../../mails/notify.ts";
import { isOwnNetwork } from "../attempts/sign-in-throttle.ts";

interface Entry {
  readonly userId: number;
  readonly email: string;
  readonly ipAddress: string;
  readonly userAgent: string | undefined;
  /** What shows that the user was there before. */
  readonly provedBy?: string | undefined;
}

/**
 * Tells a user by mail of a sign-in on a device that is not known, from a network that they did not sign in from lately. Call it
 * before the sign-in is logged.
 * @see OWASP ASVS 5.0, 6.3.5
 */
export async function tellOfNewDevice(
  tx: Transaction,
  { userId, email, ipAddress, userAgent, provedBy }: Entry,
): Promise<void> {
  if (!tx.notifies || provedBy !== undefined || (await isOwnNetwork(tx, { email, ipAddress }))) return;
  await notify(tx, { userId, notice: "new_device", actor: { userId, ipAddress, userAgent } });
}
