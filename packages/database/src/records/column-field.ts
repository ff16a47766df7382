import { z } from "zod";
import { eventTypeField } from "../security/log-security-event.ts";
import { severities } from "../security/event-types.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";
import { isLongerThan } from "../validation/characters.ts";
import { boundedInteger, date, domain, email, ipAddress, jsonValue } from "../validation/input.ts";

/** Text as both engines can hold it, unchanged. */
function storedText(max = Number.POSITIVE_INFINITY) {
  return z.string().check(({ value, issues }) => {
    const message = findTextFault(value, max);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

function findTextFault(value: string, max: number): string | undefined {
  if (isLongerThan(value, max)) return `must be at most ${max} characters long`;
  if (value.includes("\0")) return "must not hold the NUL character";
  return value.isWellFormed() ? undefined : "must be well-formed Unicode";
}

/** Columns with a rule of their own beyond their kind. */
const formats: Readonly<Record<string, () => z.ZodType>> = {
  "users.email": email,
  "users.last_login_ip": ipAddress,
  "companies.primary_domain": domain,
  "security_events.event_type": () => eventTypeField,
  "security_events.severity": () => z.enum(severities),
  "security_events.ip_address": ipAddress,
};

function fieldOfKind({ kind, length, values = [] }: NamedColumn): z.ZodType {
  switch (kind) {
    case "string":
      return storedText(length);
    case "text":
      return storedText();
    case "id":
    case "integer":
      return boundedInteger({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    case "float":
      return z.number();
    case "boolean":
      return z.boolean();
    case "datetime":
      return date();
    case "json":
      return jsonValue();
    case "enum":
      return z.enum(values);
  }
}

/** Makes the field of a column, as its definition says: type, length, words, and whether it may be null. */
export function columnField(table: TableDefinition, column: NamedColumn): z.ZodType {
  const field = formats[`${table.name}.${column.name}`]?.() ?? fieldOfKind(column);
  return column.notNull === true ? field : field.nullable();
}
