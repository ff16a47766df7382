import { z } from "zod";
import { ValidationError } from "../errors/index.ts";
import { isLongerThan } from "./characters.ts";
import { validateDomain } from "./domain.ts";
import { validateEmail } from "./email.ts";
import { validateIpAddress } from "./ip-address.ts";
import { boundedInteger } from "./number-fields.ts";
import { parseInput } from "./parse-input.ts";
import { isPlainObject } from "./plain-object.ts";
import { oneOf } from "./text-fields.ts";

const typeChecks = {
  email: validateEmail,
  domain: validateDomain,
  ip: validateIpAddress,
  string: (value: unknown) => typeof value === "string",
  integer: (value: unknown) => Number.isSafeInteger(value),
  boolean: (value: unknown) => typeof value === "boolean",
} as const;

/** What a field of a record must be. */
export interface RecordRule {
  type?: keyof typeof typeChecks | undefined;
  /** Whether the field must be there; false unless told. */
  required?: boolean | undefined;
  /** The most characters (code points) of the value as text. */
  maxLength?: number | undefined;
}

export interface RecordVerdict {
  valid: boolean;
  /** One sentence for each fault, in the order of the rules. */
  errors: string[];
}

const ruleSchema: z.ZodType<RecordRule> = z.strictObject({
  type: oneOf(["email", "domain", "ip", "string", "integer", "boolean"]).optional(),
  required: z.boolean().optional(),
  maxLength: boundedInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
});

/**
 * Checks the fields of a record against rules and tells every fault; for forms and imports, where a fault is an answer and
 * not an exception.
 *
 * A field is missing if it is absent, `null` or `""`, which is what a form sends for a field left empty; 0 and `false` are
 * values. A missing field that is not required is valid. Fields without a rule are left alone.
 *
 * @param data - a plain object; only its own properties count
 * @param rules - by field name
 * @returns whether there was no fault, and a sentence for each
 * @throws INVALID_INPUT for `data` or `rules` that are no plain objects, and for a rule that does not exist
 * @example
 * validateRecord({ email: "nobody" }, { email: { type: "email", required: true } });
 * // { valid: false, errors: ["email is not a valid email"] }
 */
export function validateRecord(data: unknown, rules: Readonly<Record<string, RecordRule>>): RecordVerdict {
  const record = requirePlainObject(data, "data");
  const errors = Object.entries(requirePlainObject(rules, "rules")).flatMap(([field, rule]) =>
    findFaults(
      field,
      Object.hasOwn(record, field) ? record[field] : undefined,
      parseInput(ruleSchema, rule, { field: `rules.${field}` }),
    ),
  );
  return { valid: errors.length === 0, errors };
}

function requirePlainObject(value: unknown, field: string): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw new ValidationError([{ field, message: "must be an object" }]);
}

function findFaults(field: string, value: unknown, { type, required, maxLength }: RecordRule): string[] {
  if (value === undefined || value === null || value === "") return required === true ? [`${field} is required`] : [];
  const faults: string[] = [];
  if (type !== undefined && !typeChecks[type](value)) faults.push(`${field} is not a valid ${type}`);
  if (maxLength !== undefined && exceeds(value, maxLength))
    faults.push(`${field} exceeds maximum length of ${maxLength}`);
  return faults;
}

/** Lists and objects are measured by their JSON text; what has no text is longer than anything. */
function exceeds(value: unknown, maxLength: number): boolean {
  try {
    return isLongerThan(typeof value === "object" ? JSON.stringify(value) : `${value as string | number}`, maxLength);
  } catch {
    return true;
  }
}
