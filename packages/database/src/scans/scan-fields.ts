import type { ExpressionBuilder, Kysely } from "kysely";
import { usersOfCompany } from "../scope/users-of-company.ts";
import type { Schema } from "../schema/tables.ts";
import { jsonValue, recordId, text } from "../validation/input.ts";

/** Most bytes of a scan's results as JSON: 16 MiB. */
const maxResultsBytes = 16_777_216;

/** Fields that the inputs of several functions on scans share. */
export const scanId = () => text({ min: 1, max: 255 });
export const target = () => text({ min: 1, max: 2048 });
export const scanResults = () => jsonValue({ maxBytes: maxResultsBytes });

/** The tables whose scans somebody keeps, and those whose scans are there for a time only. */
export type HistoryTable = "xasm_scan_history" | "lightbox_scan_history";
export type ShortLivedTable = "scan_results_xasm" | "scan_results_lightbox";

/** Whose scans a function may touch; without either, anybody's. */
export const scopeFields = { userId: recordId().optional(), companyId: recordId().optional() };

/** The scope as shaped statements take it. */
export interface Scope {
  userId?: number | undefined;
  companyId?: number | undefined;
}

/** The condition that a scan is that user's, and one of that company's users'. */
export function inScope<Table extends HistoryTable | ShortLivedTable>(
  sql: Kysely<Schema>,
  { userId, companyId }: Scope,
) {
  return (eb: ExpressionBuilder<Schema, Table>) => {
    const owner = eb as ExpressionBuilder<Schema, HistoryTable | ShortLivedTable>;
    return owner.and([
      ...(userId === undefined ? [] : [owner("user_id", "=", userId)]),
      ...(companyId === undefined ? [] : [owner("user_id", "in", usersOfCompany(sql, companyId))]),
    ]);
  };
}
