import { z } from "zod";
import type { NamedColumn } from "../schema/kit/index.ts";
import { isLongerThan } from "../validation/characters.ts";
import { boundedInteger, date, jsonValue, recordId } from "../validation/input.ts";

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

/** What a value has to be where the definition has no rule. */
function fieldOfKind({ kind, length, reference, values = [] }: NamedColumn): z.ZodType {
  switch (kind) {
    case "string":
      return storedText(length);
    case "text":
      return storedText();
    case "id":
      return recordId();
    case "integer":
      if (reference !== undefined) return recordId();
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

/** Makes the field of a column for inputs, as its definition says: its rule or its kind's, and whether it may be null. */
export function columnField(column: NamedColumn): z.ZodType {
  const field = column.rule ?? fieldOfKind(column);
  return column.notNull === true ? field : field.nullable();
}
