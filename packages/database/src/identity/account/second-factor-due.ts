import { after, day } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import type { UserRole } from "../../schema/core.ts";

interface Holder {
  readonly role: UserRole;
  readonly createdAt: Date;
  readonly twoFactorEnabled: boolean;
}

/**
 * Decides by when a user has to have a second factor: from the day on that the installation says, and not before the account is
 * so many days old. The one home of the rule: sign-in, sessions and API keys all ask it.
 *
 * @returns null where none is demanded, or there is one
 */
export function secondFactorDue({ accountPolicy }: Pick<Handle, "accountPolicy">, user: Holder): Date | null {
  const { twoFactorRoles, twoFactorFrom, twoFactorGraceDays } = accountPolicy;
  if (user.twoFactorEnabled || !twoFactorRoles.includes(user.role)) return null;
  const grown = after(user.createdAt, twoFactorGraceDays * day);
  return twoFactorFrom !== null && twoFactorFrom > grown ? twoFactorFrom : grown;
}

/** Whether a user had to have a second factor by now, and has none: the account is good for setting one up and nothing else. */
export function lacksSecondFactor(db: Pick<Handle, "accountPolicy" | "clock">, user: Holder): boolean {
  const due = secondFactorDue(db, user);
  return due !== null && due <= db.clock.now();
}
