import type { Caller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { ConflictError } from "../../errors/index.ts";

const companyOfUser = statement((sql, { userId }: { userId: number }) =>
  sql.selectFrom("users").select("company_id").where("id", "=", userId),
);

const mostListed = 10;

const liveCompanies = statement((sql) =>
  sql
    .selectFrom("companies")
    .select(["id", "primary_domain"])
    .where("deleted_at", "is", null)
    .orderBy("id")
    .limit(mostListed + 1),
);

/**
 * Finds the company whose findings and assets a call is about: the caller's own, the one that is named, or the only one there is.
 *
 * @param db the database, or an open transaction
 * @param named the company that the call names
 * @returns null where there is none that the caller reaches
 * @throws {ConflictError} COMPANY_NEEDED when the caller reaches several and the call names none
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "asked.example" });
 * const companyId = await companyInQuestion(db, systemCallerFor({ userId: null }), id);
 */
export async function companyInQuestion(
  db: Handle,
  { scope }: Caller,
  named: number | undefined,
): Promise<number | null> {
  if (scope.kind === "all") return named ?? onlyCompany(db);
  const own = scope.kind === "company" ? scope.companyId : await ownCompany(db, scope.userId);
  return named === undefined || named === own ? own : null;
}

async function ownCompany(db: Handle, userId: number): Promise<number | null> {
  return (await companyOfUser.first(db, { userId }))?.companyId ?? null;
}

async function onlyCompany(db: Handle): Promise<number | null> {
  const [only, ...others] = await liveCompanies.all(db, {});
  if (others.length === 0) return only?.id ?? null;
  const domains = [only, ...others].map((company) => company?.primaryDomain);
  const listed = domains.slice(0, mostListed).join(", ") + (domains.length > mostListed ? ", …" : "");
  throw new ConflictError("COMPANY_NEEDED", { field: "companyId", message: `Name one of the companies: ${listed}.` });
}
