import type { Kysely } from "kysely";
import type { Schema } from "../schema/tables.ts";

/** The ids of a company's users, deleted ones too: what a company may see of records that belong to users. */
export function usersOfCompany(sql: Kysely<Schema>, companyId: number) {
  return sql.selectFrom("users").select("users.id").where("users.company_id", "=", companyId);
}
