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

/** A list in a query: its entries with commas between them. */
export function listText(list: z.ZodArray, entry: z.ZodType) {
  return z
    .unknown()
    .transform((text) => (typeof text === "string" ? text.split(",") : text))
    .pipe(z.array(entry))
    .pipe(list)
    .meta({ type: "string", description: "With commas between them.", examples: ["1,2,3"] });
}

/** A list in a query: its name once for each entry, which may hold commas. */
export function repeatedText<List>(list: z.ZodType<List>) {
  return z
    .unknown()
    .transform((texts) => (typeof texts === "string" ? [texts] : texts))
    .pipe(list)
    .meta({ type: "array", items: { type: "string" } });
}

/** A whole number in a query. */
export function integerInQuery(bounds: { min: number; max: number }) {
  return wholeNumberText(input.boundedInteger(bounds), { minimum: bounds.min, maximum: bounds.max }).optional();
}

/** Yes or no in a query. */
export function booleanInQuery() {
  return z.enum(["true", "false"]).transform((text) => text === "true");
}

/** JSON text in a query, of so many bytes at most. */
export function jsonInQuery<Value>(schema: z.ZodType<Value>, maxBytes: number) {
  return z
    .unknown()
    .transform((text, context) => {
      if (typeof text === "string" && Buffer.byteLength(text) <= maxBytes) {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          // Refused below, like everything else that is no JSON text.
        }
      }
      context.addIssue({ code: "custom", message: `must be JSON text of at most ${maxBytes} bytes` });
      return z.NEVER;
    })
    .pipe(schema)
    .meta({ type: "string", maxLength: maxBytes });
}

const maxJsonFilterBytes = 1024;

/** Members of a JSON document in a query, as JSON, so that 1 and "1" are told apart: `metadata={"keyId":7}`. */
export function jsonFilterInQuery() {
  const field = jsonInQuery(input.jsonMembers(), maxJsonFilterBytes);
  return field.meta({
    ...field.meta(),
    description:
      "Members that the document holds at its top level, all of them, as a JSON object of up to five: a string of up to 255 " +
      'characters, a number, a boolean or null under a key of up to 100. A dot in a key is a dot, and 1 is not "1".',
    examples: ['{"keyId":7}', '{"reason":"expired","automatic":true}'],
  });
}

export { pageOf } from "@nerve/database";

/** The answer of what has nothing to tell. */
export const nothing = z.undefined().meta({ description: "Done; there is nothing to tell." });
