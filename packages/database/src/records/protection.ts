import { companies, users } from "../schema/core.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";

const secrets: ReadonlySet<unknown> = new Set(["digest", "password", "encrypted"]);

/** Whether nobody but the functions of its own writes this column, or reads it. */
export function isSecret({ sensitivity }: NamedColumn): boolean {
  return secrets.has(sensitivity);
}

/** Finds why no caller may give a new record this column, whatever their rights; undefined when they may. */
export function findInsertProtection(column: NamedColumn): string | undefined {
  if (column.kind === "id") return "is set by the database";
  if (isSecret(column)) return "is a secret with functions of its own";
  return column.name === "deleted_at" ? "is set by soft delete" : undefined;
}

/** Finds why no caller may change this column, whatever their rights; undefined when they may. */
export function findUpdateProtection(column: NamedColumn): string | undefined {
  if (column.primaryKey === true) return "cannot be changed";
  return column.stamped === undefined ? findInsertProtection(column) : "is set by the clock";
}

/** What users may change of themselves; everything else of a user decides what they may do, or who they are. */
const ownProfile: ReadonlySet<string> = new Set([
  "full_name",
  "username",
  "phone_number",
  "timezone",
  "language",
  "email_notifications",
  "security_alerts",
  "marketing_emails",
  "theme",
]);
/** What a company may change of itself; everything else is its contract. */
const ownCompany: ReadonlySet<string> = new Set(["name", "billing_email"]);

/** Whether a change of this column needs a right: it says who may do what, or to whom the record belongs. */
export function needsRight(table: TableDefinition, { name, reference }: NamedColumn): boolean {
  if (table === users) return !ownProfile.has(name);
  if (table === companies) return !ownCompany.has(name);
  return name === "is_active" || reference?.table === users || reference?.table === companies;
}

/** Tables that tell what happened, or hold what proves who somebody is: their rows are not edited. */
export const uneditable: ReadonlySet<string> = new Set([
  "audit_logs",
  "login_attempts",
  "password_history",
  "sessions",
  "api_keys",
]);
