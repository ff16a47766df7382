import { roleMatrix } from "../../access/role-matrix.ts";
import { after, day } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { UserRole } from "../../schema/core.ts";

/** What a company demands of its users. */
export interface CompanyDemand {
  readonly twoFactorDemandedAt: Date | null;
  readonly twoFactorGraceDays: number | null;
}

export interface Holder {
  readonly role: UserRole;
  readonly createdAt: Date;
  readonly companySince: Date | null;
  readonly twoFactorEnabled: boolean;
}

/** What the rule has to know of a user's company, for statements that join it; null without one. */
export const demandColumns = ["companies.two_factor_demanded_at", "companies.two_factor_grace_days"] as const;

const findDemand = statement((sql, p: { companyId: number }) =>
  sql.selectFrom("companies").select(demandColumns).where("id", "=", p.companyId),
);

export const noDemand: CompanyDemand = { twoFactorDemandedAt: null, twoFactorGraceDays: null };

/** Reads what a company demands of its users; nothing where there is no company. */
export async function findCompanyDemand(db: Handle, companyId: number | null): Promise<CompanyDemand> {
  return (companyId === null ? null : await findDemand.first(db, { companyId })) ?? noDemand;
}

/**
 * Decides by when a user has to have a second factor: when the installation demands one of the role, or the company of
 * everybody in it, whichever comes first. The one home of the rule: sign-in, sessions and API keys all ask it.
 *
 * @returns null where none is demanded, or there is one
 */
export function secondFactorDue(
  { accountPolicy }: Pick<Handle, "accountPolicy">,
  user: Holder & CompanyDemand,
): Date | null {
  if (user.twoFactorEnabled || !Object.hasOwn(roleMatrix["account:two-factor"].roles, user.role)) return null;
  const [byInstallation, byCompany] = [dueByInstallation(accountPolicy, user), dueByCompany(user)];
  if (byInstallation === null || byCompany === null) return byInstallation ?? byCompany;
  return byInstallation < byCompany ? byInstallation : byCompany;
}

/** From the day on that the installation says, and not before the account is so many days old. */
function dueByInstallation(policy: Handle["accountPolicy"], { role, createdAt }: Holder): Date | null {
  const { twoFactorRoles, twoFactorFrom, twoFactorGraceDays } = policy;
  if (!twoFactorRoles.includes(role)) return null;
  const grown = after(createdAt, twoFactorGraceDays * day);
  return twoFactorFrom === null ? grown : latest(twoFactorFrom, grown);
}

/** So many days after the company demanded it, or after the user came to the company. */
function dueByCompany(user: Holder & CompanyDemand): Date | null {
  const { createdAt, companySince, twoFactorDemandedAt, twoFactorGraceDays } = user;
  if (twoFactorDemandedAt === null) return null;
  return after(latest(twoFactorDemandedAt, companySince ?? createdAt), (twoFactorGraceDays ?? 0) * day);
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

/** Whether a user had to have a second factor by now, and has none: the account is good for setting one up and nothing else. */
export function lacksSecondFactor(db: Pick<Handle, "accountPolicy" | "clock">, user: Holder & CompanyDemand): boolean {
  const due = secondFactorDue(db, user);
  return due !== null && due <= db.clock.now();
}
