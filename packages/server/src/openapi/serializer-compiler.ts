import buildSerializer, { type ObjectSchema, type Schema } from "fast-json-stringify";
import type { FastifySerializerCompiler } from "fastify";
import { serializerCompiler as encodeByZod } from "fastify-type-provider-zod";
import { z } from "zod";

/**
 * Compiles the schema of a route's answer, once, into the function that writes it. What the schema does not name never leaves.
 * That a value is of its type is the compiler's business, and the tests hold every answer to the document.
 */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = (route) => {
  const written = route.schema instanceof z.ZodType ? writtenAs(route.schema) : undefined;
  // A schema with a union or the like is rare: zod encodes it at each answer, which takes longer.
  return written === undefined ? encodeByZod(route) : buildSerializer(written);
};

/** Written as JSON.stringify does. */
const anything = {} as Schema;

/** How fast-json-stringify names what zod's schema says; undefined where it has no exact word for some part of it. */
function writtenAs(schema: z.ZodType): Schema | undefined {
  if (schema instanceof z.ZodNullable) {
    const inner = writtenAs(schema.unwrap() as z.ZodType);
    return inner === undefined ? undefined : { ...inner, nullable: true };
  }
  if (schema instanceof z.ZodObject) return objectWrittenAs(schema.shape);
  if (schema instanceof z.ZodArray) {
    const items = writtenAs(schema.element as z.ZodType);
    return items === undefined ? undefined : { type: "array", items };
  }
  if (schema instanceof z.ZodDate) return { type: "string", format: "date-time" };
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return { type: "string" };
  if (schema instanceof z.ZodNumber) return { type: "number" };
  if (schema instanceof z.ZodBoolean) return { type: "boolean" };
  return schema instanceof z.ZodUnknown ? anything : undefined;
}

function objectWrittenAs(shape: Record<string, z.ZodType>): ObjectSchema | undefined {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const isOptional = field instanceof z.ZodOptional;
    const written = writtenAs(isOptional ? (field.unwrap() as z.ZodType) : field);
    if (written === undefined) return undefined;
    properties[name] = written;
    if (!isOptional) required.push(name);
  }
  return { type: "object", properties, required };
}
