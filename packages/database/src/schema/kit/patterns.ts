import { boolean, datetime, reference } from "./columns.ts";
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

/** The user whose record it is; the record outlives the user. */
export function owner(users: TableDefinition) {
  return { userId: reference(users, { onDelete: "set null" }) };
}
