import { input } from "@nerve/database";
import { z } from "zod";

/** A whole number in an address or a query, where everything is text. `1e3`, ` 1` and a repeated key are refused. */
export function wholeNumberText(schema: z.ZodType<number, number>, form: { minimum: number; maximum?: number }) {
  return z
    .unknown()
    .transform((text) => (typeof text === "string" && /^\d{1,16}$/.test(text) ? Number(text) : text))
    .pipe(schema as z.ZodType<number>)
    .meta({ type: "integer", ...form });
}

/** The id of a record in an address. */
export const idParameter = z.strictObject({ id: wholeNumberText(input.recordId(), { minimum: 1 }) });

/** The id of a record in a query. */
export function idInQuery() {
  return wholeNumberText(input.recordId(), { minimum: 1 }).optional();
}

/** A whole number in a query. */
export function integerInQuery(bounds: { min: number; max: number }) {
  return wholeNumberText(input.boundedInteger(bounds), { minimum: bounds.min, maximum: bounds.max }).optional();
}

/** Yes or no in a query. */
export function booleanInQuery() {
  return z.enum(["true", "false"]).transform((text) => text === "true");
}

/** The page of a list in a query. */
export const pageFields = { limit: integerInQuery({ min: 1, max: 1000 }), cursor: input.cursor().optional() };

export { pageOf } from "@nerve/database";

/** The answer of what has nothing to tell. */
export const nothing = z.undefined().meta({ description: "Done; there is nothing to tell." });
