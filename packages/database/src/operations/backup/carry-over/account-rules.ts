import { isAhead } from "../../../database/durations.ts";
import { higherRole } from "../../../identity/account/roles.ts";
import { suspenderOf } from "../../../identity/account/suspender.ts";
import { userRoles, type UserRole, type UserStatus } from "../../../schema/core.ts";
import { json } from "../../../schema/kit/parameters.ts";

/** What decides whether somebody gets in, of an account in one of the two states. */
export interface AccountState {
  readonly id: number;
  readonly createdAt: Date;
  readonly email: string;
  readonly role: UserRole;
  readonly status: UserStatus;
  readonly suspendedBy: UserRole | null;
  readonly isActive: boolean;
  readonly deletedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly lockedUntil: Date | null;
  readonly passwordHash: string;
  readonly lastPasswordChange: Date | null;
  readonly mustChangePassword: boolean;
  readonly twoFactorEnabled: boolean;
  readonly twoFactorSecret: string | null;
  readonly twoFactorBackupCodes: string[] | null;
  readonly twoFactorLastStep: number | null;
}

/** The properties that are read of each account. */
export const accountProperties = [
  "id",
  "createdAt",
  "email",
  "role",
  "status",
  "suspendedBy",
  "isActive",
  "deletedAt",
  "expiresAt",
  "lockedUntil",
  "passwordHash",
  "lastPasswordChange",
  "mustChangePassword",
  "twoFactorEnabled",
  "twoFactorSecret",
  "twoFactorBackupCodes",
  "twoFactorLastStep",
] as const satisfies readonly (keyof AccountState)[];

/** Columns with their new values; null where nothing is to be changed. */
type Changes = Readonly<Record<string, unknown>> | null;

/** An account as it was replaced (`now`) and as it comes back (`past`), at a time. */
interface Comparison {
  readonly now: AccountState;
  readonly past: AccountState;
  readonly at: Date;
}

/** What of an account is carried over, each under the name that it is counted by. */
export const accountRules = {
  usersDeleted: ({ now, past }: Comparison): Changes =>
    now.deletedAt === null || past.deletedAt !== null ? null : { deleted_at: now.deletedAt, is_active: false },
  usersSuspended: keptOut,
  rolesLowered: ({ now, past }: Comparison): Changes =>
    userRoles.indexOf(now.role) > userRoles.indexOf(past.role) ? { role: now.role } : null,
  passwords: newerPassword,
  secondFactors: laterFactor,
} as const;

const barriers: Readonly<Partial<Record<UserStatus, number>>> = { locked: 1, suspended: 2 };

function keptOut({ now, past }: Comparison): Changes {
  const suspender = suspenderOf(now);
  const former = suspenderOf(past);
  const suspendedBy = suspender === null ? former : higherRole(suspender, former);
  const changes = {
    ...((barriers[now.status] ?? 0) > (barriers[past.status] ?? 0) ? { status: now.status } : {}),
    ...(suspendedBy === former ? {} : { suspended_by: suspendedBy }),
    ...(!now.isActive && past.isActive && now.deletedAt === null ? { is_active: false } : {}),
    ...(isEarlier(now.expiresAt, past.expiresAt) ? { expires_at: now.expiresAt } : {}),
    ...(isLater(now.lockedUntil, past.lockedUntil) ? { locked_until: now.lockedUntil } : {}),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}

function newerPassword({ now, past, at }: Comparison): Changes {
  if (now.passwordHash === past.passwordHash) return null;
  // A change that lies ahead was dated by a clock that was wrong: it says nothing about which came first.
  const isUndated = past.lastPasswordChange !== null && isAhead(past.lastPasswordChange, at);
  if (!isUndated && !isLater(now.lastPasswordChange, past.lastPasswordChange)) return null;
  const { passwordHash, lastPasswordChange, mustChangePassword } = now;
  return {
    password_hash: passwordHash,
    last_password_change: lastPasswordChange,
    must_change_password: mustChangePassword,
  };
}

/** A factor that was switched off since comes back: to take it away again needs who the account belongs to. */
function laterFactor({ now, past }: Comparison): Changes {
  if (!now.twoFactorEnabled || now.twoFactorSecret === null) return null;
  const isSame = past.twoFactorEnabled && past.twoFactorSecret === now.twoFactorSecret;
  const codes = isSame ? unusedCodes(now, past) : now.twoFactorBackupCodes;
  const lastStep = isSame ? highest(now.twoFactorLastStep, past.twoFactorLastStep) : now.twoFactorLastStep;
  const changes = {
    "2fa_enabled": true,
    "2fa_secret": now.twoFactorSecret,
    "2fa_backup_codes": codes === null ? null : json(codes),
    two_factor_last_step: lastStep,
  };
  const isUnchanged = isSame && lastStep === past.twoFactorLastStep && isSameList(codes, past.twoFactorBackupCodes);
  return isUnchanged ? null : changes;
}

/** Codes that were used in neither state; those of now, where they were made anew since. */
function unusedCodes({ twoFactorBackupCodes: now }: AccountState, { twoFactorBackupCodes: past }: AccountState) {
  const inBoth = (now ?? []).filter((code) => past?.includes(code) === true);
  return inBoth.length > 0 ? inBoth : now;
}

function isSameList(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function highest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function isLater(one: Date | null, other: Date | null): boolean {
  return one !== null && (other === null || one > other);
}

function isEarlier(one: Date | null, other: Date | null): boolean {
  return one !== null && (other === null || one < other);
}
