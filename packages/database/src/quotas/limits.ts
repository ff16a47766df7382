import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import type { Usage } from "./usage.ts";

const mebibyte = 1_048_576;

const findCompany = statement((sql, p: { id: number }) =>
  sql.selectFrom("companies").select(["max_stored_rows", "max_stored_mib"]).where("id", "=", p.id),
);

/** What a company may store: what was agreed with it, else what the installation allows. */
export async function companyLimits(db: Handle, id: number): Promise<Usage> {
  const { rowsPerCompany, mibPerCompany } = db.quotas;
  const own = await findCompany.first(db, { id });
  return { rows: own?.maxStoredRows ?? rowsPerCompany, bytes: (own?.maxStoredMib ?? mibPerCompany) * mebibyte };
}

/** What one user may store. */
export function userLimits({ quotas }: Pick<Handle, "quotas">): Usage {
  return { rows: quotas.rowsPerUser, bytes: quotas.mibPerUser * mebibyte };
}
