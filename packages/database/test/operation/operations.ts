import { z } from "zod";
import * as nerve from "../../src/index.ts";
import type { AnyOperation } from "../../src/operation/operation.ts";

/** An operation under the name that the package exports it by. */
export interface NamedOperation {
  readonly name: string;
  readonly operation: AnyOperation;
}

function isOperation(value: unknown): value is AnyOperation {
  return typeof value === "function" && "description" in value;
}

/** Every operation that the package exports. Made from the exports, so that nobody can forget one. */
export const allOperations: readonly NamedOperation[] = Object.entries(nerve as Record<string, unknown>).flatMap(
  ([name, operation]) => (isOperation(operation) ? [{ name, operation }] : []),
);

/** The fields that an operation takes. */
export function fieldsOf({ description }: AnyOperation): Readonly<Record<string, z.ZodType>> {
  return description.fields as Readonly<Record<string, z.ZodType>>;
}

function plainOf(field: z.ZodType): z.ZodType {
  const isWrapped = field instanceof z.ZodOptional || field instanceof z.ZodNullable || field instanceof z.ZodDefault;
  return isWrapped ? plainOf(field.unwrap() as z.ZodType) : field;
}

/** How a field of text takes a text: as it is, or as the one entry of a list. */
function carrierOf(field: z.ZodType): ((text: string) => unknown) | undefined {
  const plain = plainOf(field);
  if (plain instanceof z.ZodString) return (text) => text;
  return plain instanceof z.ZodArray && plainOf(plain.element as z.ZodType) instanceof z.ZodString
    ? (text) => [text]
    : undefined;
}

/** A field of text of an operation. */
export interface TextField extends NamedOperation {
  readonly field: string;
  readonly schema: z.ZodType;
  readonly carry: (text: string) => unknown;
}

/** Every field of every operation that is text, or a list of texts. */
export const textFields: readonly TextField[] = allOperations.flatMap(({ name, operation }) =>
  Object.entries(fieldsOf(operation)).flatMap(([field, schema]) => {
    const carry = carrierOf(schema);
    return carry === undefined ? [] : [{ name, operation, field, schema, carry }];
  }),
);

/** Operations on one record that is there already; those that save a scan name their own, and lists are narrowed by it. */
export function namesRecord({ name, operation }: NamedOperation): boolean {
  const fields = fieldsOf(operation);
  return "id" in fields || ("scanId" in fields && !/^(?:save|list)/.test(name));
}
