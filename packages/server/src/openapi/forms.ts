import { input } from "@nerve/database";
import { z } from "zod";
import { booleanInQuery, jsonFilterInQuery, listText, wholeNumberText } from "./fields.ts";

/** The form of a field in an address or a query, where everything is text. */
export function asText(field: z.ZodType): z.ZodType {
  return rewrite(field, (plain) => {
    if (plain.meta()?.["format"] === "json-members") return jsonFilterInQuery();
    if (plain instanceof z.ZodDate) return input.isoDate();
    if (plain instanceof z.ZodBoolean) return booleanInQuery();
    if (plain instanceof z.ZodArray) return listText(plain, asText(plain.element as z.ZodType));
    if (plain instanceof z.ZodNumber) return wholeNumberText(plain, boundsOf(plain));
    return plain;
  });
}

/** The form of a field in JSON. */
export function asJson(field: z.ZodType): z.ZodType {
  return rewrite(field, (plain) => {
    if (plain instanceof z.ZodDate) return input.isoDate();
    if (plain instanceof z.ZodObject) return plain.extend(membersAsJson(plain));
    return plain;
  });
}

function membersAsJson({ shape }: z.ZodObject): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).map(([name, member]) => [name, asJson(member as z.ZodType)]));
}

function boundsOf({ minValue, maxValue }: z.ZodNumber): { minimum: number; maximum?: number } {
  const isBounded = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  return { minimum: minValue ?? 0, ...(isBounded && { maximum: maxValue }) };
}

/** Rewrites what a field is; whether it may be absent or null, its default and what the docs say of it stay. */
function rewrite(field: z.ZodType, change: (plain: z.ZodType) => z.ZodType): z.ZodType {
  const about = field.description;
  const rewritten = rewriteForm(field, change);
  return about === undefined || rewritten === field
    ? rewritten
    : rewritten.meta({ ...rewritten.meta(), description: about });
}

function rewriteForm(field: z.ZodType, change: (plain: z.ZodType) => z.ZodType): z.ZodType {
  if (field instanceof z.ZodOptional) return rewrite(field.unwrap() as z.ZodType, change).optional();
  if (field instanceof z.ZodNullable) return rewrite(field.unwrap() as z.ZodType, change).nullable();
  if (field instanceof z.ZodDefault) {
    return rewrite(field.unwrap() as z.ZodType, change).default(field.def.defaultValue as never);
  }
  return change(field);
}
