import { input } from "@nerve/database";
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
  if (written === undefined) return encodeByZod(route);
  return route.schema instanceof z.ZodObject ? writeWithDocuments(route.schema, written) : buildSerializer(written);
};

/** Members of an answer that may be documents are written as the text that they are. */
function writeWithDocuments(schema: z.ZodObject, written: Schema): (answer: unknown) => string {
  const write = buildSerializer(written);
  const open = Object.entries(schema.shape).filter(([, field]) => isAnything(field as z.ZodType));
  if (open.length === 0) return write;
  const names = open.map(([name]) => name);
  const heads = names.map((name) => [name, `${JSON.stringify(name)}:`] as const);
  const closed = objectWrittenAs(
    Object.fromEntries(Object.entries(schema.shape).filter(([name]) => !names.includes(name))),
  );
  const writeOthers = buildSerializer(closed ?? {}) as (answer: unknown) => string;
  const writeAnswer = (answer: Record<string, unknown>) => {
    const form = formOf(answer, names);
    if (form === undefined) return write(answer);
    const others = writeOthers(answer).slice(0, -1);
    const start = others.length === 1 ? others : `${others},`;
    const members = heads.filter(([name]) => answer[name] !== undefined);
    return form === "text" ? asText(start, members, answer) : asBytes(start, members, answer);
  };
  // Fastify sends a buffer as it does text; its types know of text only.
  return writeAnswer as unknown as (answer: unknown) => string;
}

/** A member of an answer by its name, and the text that stands before its value. */
type Member = readonly [name: string, head: string];

/** In which form documents are held, in bytes where one of them is; undefined where there are none. */
function formOf(answer: Record<string, unknown>, names: readonly string[]): "text" | "bytes" | undefined {
  let form: "text" | "bytes" | undefined;
  for (const name of names) {
    const value = answer[name];
    if (value instanceof input.JsonDocument && form !== "bytes") form = value.isText ? "text" : "bytes";
  }
  return form;
}

function asText(start: string, members: readonly Member[], answer: Record<string, unknown>): string {
  let text = start;
  for (const [place, [name, head]] of members.entries())
    text += (place === 0 ? head : `,${head}`) + textOf(answer[name]);
  return `${text}}`;
}

function asBytes(start: string, members: readonly Member[], answer: Record<string, unknown>): Buffer {
  const parts = members.flatMap(([name, head], place) => [
    Buffer.from(place === 0 ? head : `,${head}`),
    bytesOf(answer[name]),
  ]);
  return Buffer.concat([Buffer.from(start), ...parts, Buffer.from("}")]);
}

function textOf(value: unknown): string {
  return value instanceof input.JsonDocument ? value.text() : JSON.stringify(value);
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof input.JsonDocument ? value.bytes : Buffer.from(JSON.stringify(value));
}

function isAnything(field: z.ZodType): boolean {
  return field instanceof z.ZodNullable ? isAnything(field.unwrap() as z.ZodType) : field instanceof z.ZodUnknown;
}

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
