import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { requireProof } from "../../access/require-proof.ts";
import { type Permission, type PermissionName, roleMatrix } from "../../access/role-matrix.ts";
import { generateSecureToken } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { NotFoundError } from "../../errors/index.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { users, type UserRole } from "../../schema/core.ts";
import { requireAccountEnd } from "../account/account-end.ts";
import { accountFields, profileFields } from "../account/user-fields.ts";
import { getCompany } from "../companies/find-companies.ts";
import { requireSeat } from "../companies/seats.ts";
import { hashAcceptedPassword } from "../passwords/accepted-password.ts";
import { requireFreeAddress } from "../addresses/free-address.ts";
import { insertUser } from "./insert-user.ts";
import { requireRank } from "../account/roles.ts";

const newAccount = {
  email: accountFields.email,
  role: accountFields.role,
  companyId: accountFields.companyId.optional(),
  fullName: profileFields.fullName.default(null),
  username: profileFields.username.default(null),
  password: z.string().min(1).max(1024).optional().meta({
    format: "password",
    description: "To be changed at the first sign-in. Without it the user gets a mail with a link to set one.",
  }),
  expiresAt: accountFields.expiresAt
    .default(null)
    .meta({ description: "When the account ends; demo accounts need it." }),
};

type NewAccount = z.output<z.ZodObject<typeof newAccount>>;

/** The company that the new user belongs to: the caller's own, unless the caller reaches all. */
function placeOf({ companyId }: NewAccount, { scope }: Caller): number | null {
  if (scope.kind !== "company") return companyId ?? null;
  if (companyId !== undefined && companyId !== scope.companyId) throw new NotFoundError();
  return scope.companyId;
}

/** Whether a role reaches nobody's records but its own, and those that the caller reaches with the same permission. */
function isCoveredBy(caller: Caller, role: UserRole): boolean {
  const permissions = Object.entries(roleMatrix) as [PermissionName, Permission][];
  return permissions.every(([name, { roles }]) => {
    const reach = roles[role];
    return reach === undefined || reach === "own" || caller.may(name);
  });
}

/**
 * Makes sure that whoever makes an account gives no rights that they have not got: a chosen password, or a role as high as
 * their own, takes a fresh sign-in; a key makes accounts of lower roles, with a mailed link, that reach no further than what it
 * carries.
 */
function requireRights({ role, password }: NewAccount, caller: Caller): void {
  requireRank(caller, role);
  if (password !== undefined || role === caller.role || !isCoveredBy(caller, role)) requireProof(caller);
}

/** Hashing takes its time, and a password that nobody has seen meets every demand. */
async function preparePassword(db: Handle, fields: NewAccount, caller: Caller): Promise<string> {
  requireRights(fields, caller);
  requireAccountEnd(fields.role, fields.expiresAt, db.clock.now());
  const companyId = placeOf(fields, caller);
  const company = companyId === null ? null : await getCompany(db, companyId);
  return hashAcceptedPassword(db, {
    password: fields.password ?? generateSecureToken(),
    demands: {},
    contextWords: [fields.email, fields.fullName, fields.username, company?.name, company?.primaryDomain],
  });
}

/**
 * Makes an account for somebody else: with a password to be changed at the first sign-in or, without one, to be opened by a
 * mailed link. Nobody signs in before a link that was mailed to the address, or handed over, was used. `createUser` is for programs
 * that vouch for more.
 *
 * @returns the user
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {PermissionError} PERMISSION_DENIED for a role above one's own, and where an API key would give rights that it has not
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED for a chosen password, and for a role as high as one's own
 * @throws {NotFoundError} NOT_FOUND for a company out of reach
 * @throws {ConflictError} CONFLICT with the field `email` or `username` that somebody has, and for an address in another company's
 *   domain; SEATS_EXHAUSTED; REFERENCE_VIOLATION when the company does not exist
 * @throws {QuotaError} QUOTA_EXCEEDED when the company has too many demonstrations and deleted users
 * @example
 * const user = await addUser(db, { email: "linus@example.org", role: "analyst" });
 */
export const addUser = changing({
  summary: "Create a user",
  permission: "user:write",
  input: newAccount,
  output: rowOf(users),
  prepare: preparePassword,
  async run(tx, fields, caller, passwordHash) {
    const { password, ...account } = fields;
    const companyId = placeOf(fields, caller);
    await requireFreeAddress(tx, { email: account.email, companyId }, caller);
    if (companyId !== null) await requireSeat(tx, companyId, account.role);
    const user = {
      ...account,
      companyId,
      passwordHash,
      phoneNumber: null,
      timezone: "UTC",
      language: "en",
      status: "pending_verification" as const,
      emailVerified: false,
      mustChangePassword: password !== undefined,
    };
    return unchanged(await insertUser(tx, user, () => caller.actor));
  },
});
