import { input } from "@nerve/database";
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { jsonText, wholeNumber } from "./options.ts";

/** What a field of an operation is on a command line, where everything is text. */
export interface FieldForm {
  /** `flag` is given without a value, `list` as often as there are values. */
  readonly kind: "value" | "flag" | "list";
  /** Reads a value; what it does not look at is for the operation to judge. */
  readonly read: (text: string) => unknown;
  /** How help shows the value: `<n>`. */
  readonly placeholder: string;
  /** The words that it can be; absent where there is no list of them. */
  readonly choices?: readonly string[];
  /** What it is, and what may be left out. */
  readonly about: string;
  readonly isRequired: boolean;
  /** Whether it is something else to leave it out than to deny it. */
  readonly isOpen: boolean;
}

/**
 * Finds what a field is on a command line.
 *
 * @throws {TypeError} for a field that no option can hold, such as any JSON
 */
export function formOf(name: string, field: z.ZodType, about = aboutOf(name, field)): FieldForm {
  const { plain, fallback } = unwrap(field);
  const isList = plain instanceof z.ZodArray;
  const value = isList ? unwrap(plain.element as z.ZodType).plain : plain;
  const limits = limitsOf(value, isList ? undefined : fallback);
  return {
    kind: isList ? "list" : value instanceof z.ZodBoolean ? "flag" : "value",
    ...valueOf(name, value),
    about: limits === "" ? about : `${about} (${limits})`,
    isRequired: !field.safeParse(undefined).success,
    isOpen: fallback === undefined,
  };
}

/** Takes off what says that a field may be absent or null. */
function unwrap(field: z.ZodType, fallback?: unknown): { plain: z.ZodType; fallback: unknown } {
  if (field instanceof z.ZodDefault) return unwrap(field.unwrap() as z.ZodType, field.def.defaultValue);
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) {
    return unwrap(field.unwrap() as z.ZodType, fallback);
  }
  return { plain: field, fallback };
}

const asItStands = (text: string) => text;

function valueOf(name: string, value: z.ZodType): Pick<FieldForm, "read" | "placeholder" | "choices"> {
  if (value instanceof z.ZodEnum) {
    return { read: asItStands, placeholder: `<${kebab(name)}>`, choices: value.options.map(String) };
  }
  if (value instanceof z.ZodNumber) return { read: wholeNumber, placeholder: "<n>" };
  if (value instanceof z.ZodDate) return { read: moment, placeholder: "<time>" };
  if (value instanceof z.ZodBoolean) return { read: asItStands, placeholder: "" };
  if (value instanceof z.ZodString) return { read: asItStands, placeholder: `<${kebab(name)}>` };
  if (value.meta()?.["format"] === "json-members") return { read: jsonText, placeholder: "<json>" };
  throw new TypeError(`No option can hold ${name}.`);
}

/** Reads a moment as ISO 8601 has it. */
function moment(text: string): Date {
  const { data } = input.isoDate().safeParse(text);
  if (data === undefined) throw new InvalidArgumentError("It must be a time such as 2026-03-01T12:00:00Z.");
  return data;
}

/** `eventType` as options have it: `event-type`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What the field says of itself, as a part of a sentence; else its name in words. */
function aboutOf(name: string, field: z.ZodType): string {
  const said = field.description ?? unwrap(field).plain.description;
  if (said === undefined) return kebab(name).replaceAll("-", " ");
  return partOfSentence(said);
}

/** `List users.` as help lists it: `list users`. */
export function partOfSentence(sentence: string): string {
  const isWord = /^[A-Z][^A-Z]/.test(sentence);
  return (isWord ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence).replace(/\.$/, "");
}

function limitsOf(value: z.ZodType, fallback: unknown): string {
  const range = value instanceof z.ZodNumber ? rangeOf(value) : "";
  const shown = typeof fallback === "number" || typeof fallback === "string" ? `default ${fallback}` : "";
  return [range, shown].filter((part) => part !== "").join(", ");
}

function rangeOf({ minValue, maxValue }: z.ZodNumber): string {
  const isBounded = minValue !== null && maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  return isBounded ? `${minValue} to ${maxValue}` : "";
}
