import { z } from "zod";
import { columnsOf } from "../database/columns.ts";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../database/page.ts";
import { selectRowsHolding } from "../database/rows-holding.ts";
import { shapedStatement } from "../database/statement.ts";
import { usersOfCompany } from "../identity/account/users-of-company.ts";
import type { RowOf } from "../schema/tables.ts";
import { boundedInteger, date, jsonMembers, parseInput, recordId, text } from "../validation/input.ts";

const filterFields = {
  userId: recordId().optional(),
  action: text({ min: 1, max: 100 }).optional(),
  resourceType: text({ min: 1, max: 50 }).optional(),
  resourceId: boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
  since: date().optional(),
  until: date().optional(),
  companyId: recordId().optional(),
  metadata: jsonMembers().optional(),
};
const listInput = z.strictObject({ ...filterFields, ...pageFields });

/** Which rows of the audit log are wanted. */
export type AuditLogQuery = z.input<typeof listInput>;
/** A row of the audit log. */
export type AuditLog = RowOf<"audit_logs">;

type Filters = z.output<z.ZodObject<typeof filterFields>>;

const auditLogColumns = columnsOf("audit_logs");
const newestFirst = pageOrder("audit_logs", ["created_at", "id"], "desc");

const searched = { table: "audit_logs", column: "metadata_json" } as const;

const listLogs = shapedStatement((sql, p: Filters & PageParameters, dialect) => {
  let query = selectRowsHolding({ builder: sql, dialect }, searched, p.metadata).select(auditLogColumns);
  if (p.userId !== undefined) query = query.where("user_id", "=", p.userId);
  if (p.action !== undefined) query = query.where("action", "=", p.action);
  if (p.resourceType !== undefined) query = query.where("resource_type", "=", p.resourceType);
  if (p.resourceId !== undefined) query = query.where("resource_id", "=", p.resourceId);
  if (p.since !== undefined) query = query.where("created_at", ">=", p.since);
  if (p.until !== undefined) query = query.where("created_at", "<", p.until);
  if (p.companyId !== undefined) query = query.where("user_id", "in", usersOfCompany(sql, p.companyId));
  return newestFirst.apply(query, p);
});

/**
 * Lists the audit log, newest first.
 *
 * @param db the database, or an open transaction
 * @param options filters that all have to hold: `userId` (who acted), `action`, `resourceType` and `resourceId` (what
 *   was acted on), `since` (included) and `until` (excluded), `companyId` (the company of who acted; what the system did
 *   belongs to none), `metadata` (up to five members that the row's JSON holds at its top level; 1 is not "1"); `limit` (1 to 1000, default 100) and `cursor`
 * @returns a page of rows
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items, nextCursor } = await getAuditLogs(db, { action: "user_suspended", limit: 20 });
 */
export async function getAuditLogs(db: Handle, options: AuditLogQuery = {}): Promise<Page<AuditLog>> {
  const { limit, cursor, ...filters } = parseInput(listInput, options);
  return fetchPage(db, { list: listLogs, order: newestFirst, filters, limit, cursor });
}
