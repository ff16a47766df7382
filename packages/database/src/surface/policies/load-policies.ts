import type { Handle } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { defaultSlaPolicies, type SlaPolicy } from "../deciding/due-date.ts";

/** Reads how long findings of a company may stay open; the defaults where it has laid nothing down. */
export async function loadPolicies(db: Handle, companyId: number): Promise<readonly SlaPolicy[]> {
  const query = db.sql
    .selectFrom("sla_policies")
    .select(["severity", "days", "exploited_days"])
    .where("company_id", "=", companyId);
  const own = new Map((await fetchAll(db, query)).map((policy) => [policy.severity, policy]));
  return defaultSlaPolicies.map((policy) => own.get(policy.severity) ?? policy);
}
