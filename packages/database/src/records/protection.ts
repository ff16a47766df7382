import type { companyFields } from "../identity/companies/company-fields.ts";
import { profileFields } from "../identity/account/user-fields.ts";
import { companies, users } from "../schema/core.ts";
import { isVisible, type NamedColumn, type TableDefinition } from "../schema/kit/index.ts";
import { isHarvested } from "../rows/harvested.ts";

/** Whether nobody but the functions of its own writes this column, or reads it; harvested credentials are written as any. */
export function isSecret(column: NamedColumn): boolean {
  return !isVisible(column) && !isHarvested(column);
}

/** Finds why no caller may give a new record this column, whatever their rights; undefined when they may. */
export function findInsertProtection(column: NamedColumn): string | undefined {
  if (column.kind === "id") return "is set by the database";
  if (isSecret(column)) return "is a secret with functions of its own";
  return column.name === "deleted_at" ? "is set by soft delete" : undefined;
}

/** What of a company is no part of its contract. */
const openCompanyFields: ReadonlySet<string> = new Set<keyof typeof companyFields>(["name", "billingEmail"]);

/** Whether a field is left to the functions of accounts: it decides who may do what, and they keep more rules than one. */
function belongsToAccounts(table: TableDefinition, { property }: NamedColumn): boolean {
  if (table === users) return !Object.hasOwn(profileFields, property);
  return table === companies && !openCompanyFields.has(property);
}

/** Finds why no caller may change this column, whatever their rights; undefined when they may. */
export function findUpdateProtection(table: TableDefinition, column: NamedColumn): string | undefined {
  if (column.primaryKey === true) return "cannot be changed";
  if (column.stamped !== undefined) return "is set by the clock";
  return findInsertProtection(column) ?? (belongsToAccounts(table, column) ? "has a function of its own" : undefined);
}

/** Whether a change of this column needs a right: it says to whom the record belongs, or whether it is in use. */
export function needsRight({ name, reference }: NamedColumn): boolean {
  return name === "is_active" || reference?.table === users || reference?.table === companies;
}

/** Tables that tell what happened, or hold what proves who somebody is: their rows are not edited. */
export const uneditable: ReadonlySet<string> = new Set([
  "audit_logs",
  "login_attempts",
  "password_history",
  "password_reset_links",
  "known_devices",
  "queued_mails",
  "sessions",
  "api_keys",
]);

/**
 * Tables whose rows have functions of their own that make them, which keep more rules than a definition can say. Security
 * events are not among them: what another system saw is brought in as it is.
 */
export const unfillable: ReadonlySet<string> = new Set([...uneditable, users.name, companies.name]);
