import type { Expression, SqlBool } from "kysely";
import { expressionBuilder } from "kysely";
import { within } from "../access/within.ts";
import type { Schema } from "../schema/tables.ts";
import type { HistoryTable, Owned, ShortLivedTable } from "./scan-fields.ts";

/** The condition that a scan is within reach, and of the user and company that were asked for. */
export function isOwned(table: HistoryTable | ShortLivedTable, owned: Owned): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, HistoryTable | ShortLivedTable>();
  const { userId, companyId } = owned;
  return eb.and([
    within(table, owned),
    ...(userId === undefined ? [] : [eb("user_id", "=", userId)]),
    ...(companyId === undefined ? [] : [eb("company_id", "=", companyId)]),
  ]);
}
