import { listing } from "../operation/listing.ts";
import { auditLogs } from "../schema/core.ts";
import type { VisibleRowOf } from "../schema/tables.ts";
import { boundedInteger, recordId, text } from "../validation/input.ts";

/** A row of the audit log. */
export type AuditLog = VisibleRowOf<"audit_logs">;

/**
 * Lists the audit log, newest first: `userId` is who acted, `resourceType` and `resourceId` what was acted on.
 *
 * @returns a page of rows
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items, nextCursor } = await getAuditLogs(db, { action: "user_suspended", limit: 20 });
 */
export const getAuditLogs = listing({
  summary: "List the audit log",
  permission: "audit:read",
  table: auditLogs,
  order: ["createdAt", "id"],
  newestFirst: true,
  filters: {
    equal: {
      userId: recordId(),
      action: text({ min: 1, max: 100 }),
      resourceType: text({ min: 1, max: 50 }),
      resourceId: boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    },
    time: { column: "createdAt" },
    metadata: "metadataJson",
  },
  mayLag: true,
});
