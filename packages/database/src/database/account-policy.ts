import type { UserRole } from "../schema/core.ts";

/** What an installation demands of accounts and keys; it holds for whoever uses the handle. */
export interface AccountPolicy {
  /** Days after which an API key ends unless told otherwise. */
  readonly keyDays: number;
  /** Most days that an API key lives. */
  readonly longestKeyDays: number;
  /** Whether an API key may be made that never ends. */
  readonly keysWithoutEnd: boolean;
  /** Roles that have to have a second factor. A demonstration cannot set one up. */
  readonly twoFactorRoles: readonly UserRole[];
  /** From when on they have to; null: at once. */
  readonly twoFactorFrom: Date | null;
  /** Days that a new account has to set one up. */
  readonly twoFactorGraceDays: number;
  /** Days after which a password that an administrator chose opens nothing any more, unless it was changed. */
  readonly firstPasswordDays: number;
  /** Failures for one e-mail address, within `lockoutWindowMinutes`, after which sign-in to it is refused for a time. */
  readonly lockoutFailures: number;
  readonly lockoutWindowMinutes: number;
  /** How long at first, and at most once it has doubled with further failures. */
  readonly firstLockoutMinutes: number;
  readonly longestLockoutMinutes: number;
}

export const defaultAccountPolicy: AccountPolicy = {
  keyDays: 90,
  longestKeyDays: 365,
  keysWithoutEnd: false,
  twoFactorRoles: [],
  twoFactorFrom: null,
  twoFactorGraceDays: 7,
  firstPasswordDays: 3,
  lockoutFailures: 5,
  lockoutWindowMinutes: 15,
  firstLockoutMinutes: 2,
  longestLockoutMinutes: 30,
};
