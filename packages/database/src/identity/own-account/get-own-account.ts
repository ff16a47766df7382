import { z } from "zod";
import { requireSelf } from "../../access/require-self.ts";
import { statement } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import { reading } from "../../operation/operation.ts";

const find = statement((sql, p: { id: number }) =>
  sql
    .selectFrom("users")
    .leftJoin("companies", "companies.id", "users.company_id")
    .select(["users.2fa_enabled", "users.2fa_backup_codes", "companies.id as company_id", "companies.name"])
    .where("users.id", "=", p.id)
    .where("users.deleted_at", "is", null),
);

const company = z.object({ id: z.int(), name: z.string() });

/**
 * Finds what the caller's own account is a part of, and how it is protected.
 *
 * @returns the company, null for nobody's account; how many backup codes are left, null without a second factor
 * @throws {DatabaseError} UNAUTHENTICATED for a caller who is no user
 * @throws {NotFoundError} NOT_FOUND when the account is deleted
 * @example
 * const user = await createUser(db, { email: "k@example.org", password: "moon river dance seven", role: "analyst" });
 * const { backupCodesLeft } = await getOwnAccount(db, {}, systemCallerFor({ userId: user.id }));
 * backupCodesLeft; // null
 */
export const getOwnAccount = reading({
  summary: "The company that one belongs to, and what is left of one's backup codes",
  permission: "account:read",
  input: {},
  output: z.object({
    company: company.nullable(),
    backupCodesLeft: z.int().nullable().meta({ description: "Null without a second factor." }),
  }),
  async run(db, _, caller) {
    const found = await find.first(db, { id: requireSelf(caller) });
    if (found === null) throw new NotFoundError();
    const { companyId, name, twoFactorEnabled, twoFactorBackupCodes } = found;
    return {
      company: companyId === null || name === null ? null : { id: companyId, name },
      backupCodesLeft: twoFactorEnabled ? (twoFactorBackupCodes ?? []).length : null,
    };
  },
});
