import { z } from "zod";
import { tables } from "@nerve/database";
import type { TableDefinition } from "../../packages/database/src/schema/kit/index.ts";

/** What is read of a JSON schema. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly default?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Turns a schema of zod into a JSON schema; a time is of the type `Date`, which JSON does not know. */
export function toJson(schema: unknown, io: "input" | "output"): JsonSchema {
  const json = z.toJSONSchema(schema as z.ZodType, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema instanceof z.core.$ZodDate) Object.assign(jsonSchema, { type: "Date" });
    },
  });
  return json as JsonSchema;
}

type Definitions = NonNullable<JsonSchema["$defs"]>;

/** A type in the words of TypeScript, but for whole numbers, which are `integer`. */
export function typeOf(schema: JsonSchema, definitions: Definitions = schema.$defs ?? {}): string {
  const { $ref, const: constant, enum: values, anyOf, type } = schema;
  if ($ref !== undefined) return referredType($ref, definitions);
  if (constant !== undefined) return JSON.stringify(constant);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (type === "object") return objectType(schema, definitions);
  if (type === "array") return arrayType(schema, definitions);
  if (typeof type === "string") return type;
  if (type !== undefined) return type.join(" | ");
  if (anyOf !== undefined) return [...new Set(anyOf.map((choice) => typeOf(choice, definitions)))].join(" | ");
  return "JSON";
}

function arrayType({ items = {} }: JsonSchema, definitions: Definitions): string {
  const item = typeOf(items, definitions);
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function objectType({ properties = {}, required = [] }: JsonSchema, definitions: Definitions): string {
  const parts = Object.entries(properties).map(
    ([name, property]) => `${name}${required.includes(name) ? "" : "?"}: ${typeOf(property, definitions)}`,
  );
  return `{ ${parts.join(", ")} }`;
}

/** A row goes by its name, and whatever else has a name by what it is made of. */
function referredType(reference: string, definitions: Definitions): string {
  const name = reference.replace("#/$defs/", "");
  if (tableOfRow(name) !== undefined) return name;
  return typeOf(definitions[name] ?? {}, definitions);
}

/** The table whose rows go by a name in answers. */
export function tableOfRow(rowName: string): string | undefined {
  return (tables as readonly TableDefinition[]).find((table) => table.rowName === rowName)?.name;
}

/** The names of the rows that a schema refers to. */
export function rowsIn({ $ref, $defs = {} }: JsonSchema): string[] {
  const named = [...Object.keys($defs), ...($ref === undefined ? [] : [$ref.replace("#/$defs/", "")])];
  return [...new Set(named)].filter((name) => tableOfRow(name) !== undefined);
}

/** What a value has to be besides its type. */
export function limitsOf(schema: JsonSchema): string {
  const parts = [
    ...rangesOf(schema),
    ...(schema.anyOf ?? []).flatMap((choice) => rangesOf(choice)),
    ...rangesOf(schema.items ?? {}, "each "),
  ];
  return [...new Set(parts)].join("; ");
}

function rangesOf(schema: JsonSchema, each = ""): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, format, pattern, description } = schema;
  const largest = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const smallest = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  return [
    ...range(smallest, largest, ""),
    ...range(minLength, maxLength, " characters"),
    ...range(minItems, maxItems, " of them"),
    ...(format === undefined ? [] : [`format \`${format}\``]),
    ...(pattern === undefined ? [] : [`pattern \`${pattern.replaceAll("|", String.raw`\|`)}\``]),
    ...(description === undefined ? [] : [description.replace(/\.$/, "")]),
  ].map((part) => `${each}${part}`);
}

function range(least: number | undefined, most: number | undefined, unit: string): string[] {
  if (least !== undefined && most !== undefined) return [`${least} to ${most}${unit}`];
  if (least !== undefined) return [`at least ${least}${unit}`];
  return most === undefined ? [] : [`at most ${most}${unit}`];
}
