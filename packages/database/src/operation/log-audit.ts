import { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { boundedInteger, jsonValue, parseInput, recordId, text } from "../validation/input.ts";
import { actorField } from "../access/actor.ts";
import { companyOf } from "../access/company-of.ts";

const auditInput = z.strictObject({
  action: text({ min: 1, max: 100 }),
  resourceType: text({ min: 1, max: 50 }).optional(),
  resourceId: boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
  description: text({ max: 2000, multiline: true }).optional(),
  metadata: jsonValue({ maxBytes: 65_536 }).optional(),
  success: z.boolean().default(true),
  errorMessage: text({ max: 2000, multiline: true }).optional(),
  companyId: recordId().optional(),
  ownerId: recordId().nullable().optional(),
  actor: actorField,
});

/** What `logAudit` records. */
export type AuditEntry = z.input<typeof auditInput>;

const insertEntry = statement((sql, entry: z.output<typeof auditInput>["actor"] & AuditRow) =>
  sql
    .insertInto("audit_logs")
    .values({
      user_id: entry.userId,
      action: entry.action,
      resource_type: entry.resourceType,
      resource_id: entry.resourceId,
      description: entry.description,
      metadata_json: json(entry.metadata),
      ip_address: entry.ipAddress,
      user_agent: entry.userAgent,
      success: entry.success,
      error_message: entry.errorMessage,
      created_at: entry.now,
      company_id: companyOf(entry.ownerId, entry.companyId),
    })
    .returning("id"),
);

type AuditRow = Omit<z.output<typeof auditInput>, "actor" | "companyId" | "ownerId"> & {
  companyId: number | null;
  ownerId: number | null | undefined;
  now: Date;
};

/**
 * Writes a row of the audit log. Call it in the transaction of the change that it tells of, so that there is never one
 * without the other.
 *
 * @param db the open transaction of the change
 * @param entry `action` (a word such as `user_suspended`, up to 100 characters), `resourceType` (the table) and
 *   `resourceId`, `description`, `metadata` (JSON up to 64 KiB, without secrets), `success` (default true),
 *   `errorMessage`, `companyId` (whose record it is), or `ownerId` (the user whose record it is: the row belongs to
 *   their present company; null for a record of nobody); default the company whose transaction it is, else the actor's;
 *   `actor` (default the system)
 * @returns the id of the row
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} REFERENCE_VIOLATION when the actor is no user
 * @example
 * await transaction(db, async (tx) => {
 *   await logAudit(tx, { action: "policy_changed", description: "Two-factor sign-in is now required." });
 * });
 */
export async function logAudit(db: Handle, entry: AuditEntry): Promise<{ id: number }> {
  const { actor, ownerId = actor.userId, ...row } = parseInput(auditInput, entry);
  const companyId = row.companyId ?? db.executor.company;
  const inserted = await insertEntry.first(db, { ...row, ...actor, companyId, ownerId, now: db.clock.now() });
  return inserted as { id: number };
}
