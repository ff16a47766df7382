import { boolean, datetime, integer, reference } from "./columns.ts";
import type { OnDelete } from "./column.ts";
import type { TableDefinition } from "./table.ts";

/** `createdAt`, set by the layer. */
export function created() {
  return { createdAt: datetime().notNull().stamped() };
}

/** `updatedAt`, set by the layer at each change. */
export function updated() {
  return { updatedAt: datetime().notNull().stamped({ onUpdate: true }) };
}

/** Soft delete: a row with `deletedAt` is invisible unless asked for. */
export function softDelete() {
  return { deletedAt: datetime().indexed(), isActive: boolean().notNull().default(true) };
}

/**
 * The company that a record belongs to: written when the record is made, and never changed when its user moves. Null for
 * what belongs to no company. The last of the columns, since it came later than the others.
 *
 * @param options `onDelete`: what becomes of the record when the company is deleted for good; it goes with it unless told
 */
export function tenant(companies: TableDefinition, { onDelete = "cascade" }: { onDelete?: OnDelete } = {}) {
  return { companyId: reference(companies, { onDelete }) };
}

/** The user whose record it is; the record outlives the user. */
export function owner(users: TableDefinition) {
  return { userId: reference(users, { onDelete: "set null" }) };
}

/**
 * What a row counts towards the quotas of its user and its company (`quotas/metered-tables.ts`): the bytes of what it holds. Null for
 * rows that were not written by NERVE's own functions. The table needs an index over owner, `deleted_at` and this for both owners.
 */
export function metered() {
  return { storedBytes: integer() };
}

/**
 * The company of a row that hangs on another one of the same company, for conditions and row security. No foreign key, since the other
 * one's takes it along, and an index more would cost on the largest tables.
 */
export function companyOfParent() {
  return { companyId: integer().notNull() };
}
