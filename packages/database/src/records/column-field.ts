import { z } from "zod";
import { companyFields } from "../identity/companies/company-fields.ts";
import { accountFields, profileFields } from "../identity/account/user-fields.ts";
import { eventTypeField } from "../security/log-security-event.ts";
import { severities } from "../security/event-types.ts";
import type { NamedColumn, TableDefinition } from "../schema/kit/index.ts";
import { isLongerThan } from "../validation/characters.ts";
import { boundedInteger, date, ipAddress, jsonValue } from "../validation/input.ts";

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

/** Fields with a rule of their own beyond their column's kind, by table and property: the rule's home is its module. */
const ruled: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  users: { ...profileFields, ...accountFields },
  companies: companyFields,
  security_events: { eventType: eventTypeField, severity: z.enum(severities), ipAddress: ipAddress().nullable() },
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

/** Makes the field of a column, as its module or its definition says: type, length, words, and whether it may be null. */
export function columnField(table: TableDefinition, column: NamedColumn): z.ZodType {
  const field = ruled[table.name]?.[column.property];
  if (field !== undefined) return field;
  return column.notNull === true ? fieldOfKind(column) : fieldOfKind(column).nullable();
}
