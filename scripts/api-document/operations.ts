import * as nerve from "@nerve/database";
import { typeOf, limitsOf, toJson } from "./schema-text.ts";

/** A field of an operation's input, in words. */
export interface FieldText {
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: string;
  /** As JSON; undefined where there is none. */
  readonly standard: string | undefined;
  readonly limits: string;
}

/** What an operation says of itself. @throws {TypeError} for a name that is no operation */
export function descriptionOf(name: string): nerve.Description {
  const value: unknown = (nerve as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== "function" || !("description" in value)) throw new TypeError(`${name} is no operation.`);
  return value.description as nerve.Description;
}

/** Tells of each field of an input. */
export function fieldsOf(schemas: nerve.Description["fields"]): FieldText[] {
  return Object.entries(schemas).map(([name, field]) => {
    const json = toJson(field, "input");
    return {
      name,
      isRequired: !isOptional(field),
      type: typeOf(json),
      standard: json.default === undefined ? undefined : JSON.stringify(json.default),
      limits: limitsOf(json),
    };
  });
}

function isOptional(field: unknown): boolean {
  return (field as { safeParse: (value: unknown) => { success: boolean } }).safeParse(undefined).success;
}

/** How an operation is called; the table beside it tells of fields that find no room. */
export function signatureOf(name: string, fields: readonly FieldText[]): string {
  const required = fields.filter(({ isRequired }) => isRequired).map((field) => field.name);
  const optional = fields.filter(({ isRequired }) => !isRequired).map((field) => `${field.name}?`);
  const all = [...required, ...optional];
  const shown = all.length > 6 ? [...(required.length > 0 ? required : optional.slice(0, 2)), "…"] : all;
  return `${name}(db, { ${shown.join(", ")} }, caller?)`;
}
