import type { Caller } from "../../access/caller.ts";
import { acrossCompanies } from "../../database/across-companies.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { ConflictError } from "../../errors/index.ts";
import { validateDomain } from "../../validation/index.ts";
import { hasEmail } from "../account/has-email.ts";
import { findCompanyByDomain } from "../companies/find-companies.ts";

const findHolder = statement((sql, p: { email: string }) =>
  sql.selectFrom("users").select("id").where(hasEmail(p.email)),
);

/**
 * Makes sure that an address may be given to an account of a company: one in a company's domains belongs to that company's
 * accounts only, and one that an account has, even a deleted one, is taken. The refusal is the same, so that nobody learns which it was.
 *
 * @throws {ConflictError} CONFLICT for `email`
 */
export async function requireFreeAddress(
  tx: Transaction,
  { email, companyId }: { email: string; companyId: number | null },
  { role }: Caller,
): Promise<void> {
  const holder = await acrossCompanies(tx, (all) => findHolder.first(all, { email }));
  if (holder !== null) throw new ConflictError("CONFLICT", { field: "email" });
  const domain = email.slice(email.lastIndexOf("@") + 1);
  // The program itself vouches for what it does, such as making the first account of a company.
  if (role === "system" || !validateDomain(domain)) return;
  const owner = await acrossCompanies(tx, (all) => findCompanyByDomain(all, domain));
  if (owner !== null && owner.id !== companyId) throw new ConflictError("CONFLICT", { field: "email" });
}
