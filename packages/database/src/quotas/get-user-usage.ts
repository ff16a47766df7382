import { z } from "zod";
import { requireWithin } from "../access/require-within.ts";
import type { Handle } from "../database/handle.ts";
import { reading } from "../operation/operation.ts";
import { users } from "../schema/core.ts";
import { recordId } from "../validation/input.ts";
import { companyLimits, userLimits } from "./limits.ts";
import { type Usage, usageOf, type UsageByState } from "./usage.ts";

const figures = z
  .object({
    rows: z.int(),
    bytes: z.int(),
    deletedRows: z.int(),
    deletedBytes: z.int(),
    maxRows: z.int(),
    maxBytes: z.int(),
  })
  .meta({
    id: "QuotaUsage",
    description: "What is stored, what was deleted and is not purged yet, and how much may be stored.",
  });

function figuresOf({ live, deleted }: UsageByState, limits: Usage): z.output<typeof figures> {
  return {
    rows: live.rows,
    bytes: live.bytes,
    deletedRows: deleted.rows,
    deletedBytes: deleted.bytes,
    maxRows: limits.rows,
    maxBytes: limits.bytes,
  };
}

async function usageOfCompany(db: Handle, id: number): Promise<z.output<typeof figures>> {
  return figuresOf(await usageOf(db, "company_id", id), await companyLimits(db, id));
}

/**
 * Tells how much is stored for a user and for the user's company, and how much may be: `user`, and `company`, which is null where
 * there is none.
 *
 * @returns rows and bytes, those that were deleted and are not purged yet apart, with the quotas
 * @throws {NotFoundError} NOT_FOUND when there is no such user within reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createUser(db, { email: "ada@example.org", password: "moon river dance seven", role: "user" });
 * const { user } = await getUserUsage(db, { id });
 * console.log(user.bytes / user.maxBytes);
 */
export const getUserUsage = reading({
  summary: "See how much is stored for a user and their company, and how much may be",
  permission: "user:read",
  input: { id: recordId() },
  output: z
    .object({ user: figures, company: figures.nullable() })
    .meta({ id: "UserUsage", description: "How much is stored for a user and their company, and how much may be." }),
  async run(db, { id }, caller) {
    const { companyId } = await requireWithin(db, users, id, caller);
    return {
      user: figuresOf(await usageOf(db, "user_id", id), userLimits(db)),
      company: companyId === null ? null : await usageOfCompany(db, companyId),
    };
  },
});
