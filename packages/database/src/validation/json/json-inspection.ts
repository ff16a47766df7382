import { isPlainObject } from "../plain-object.ts";

export interface JsonOptions {
  /** The most bytes of its JSON text in UTF-8; 1 MiB unless told. */
  maxBytes?: number | undefined;
  /** The most lists and objects inside one another; 64 unless told. */
  maxDepth?: number | undefined;
}

/** The limits that hold where an option is left out, too. */
export function limitsOf({ maxBytes = 1_048_576, maxDepth = 64 }: JsonOptions): { maxBytes: number; maxDepth: number } {
  return { maxBytes, maxDepth };
}

/** Where a value stops being plain JSON, and why; the path is empty for a fault of the whole. */
export interface JsonFault {
  readonly path: PropertyKey[];
  readonly message: string;
}

interface Inspection {
  readonly maxBytes: number;
  /** Bounds of the size of the JSON text, so that it is only written out where they leave open whether it fits. */
  least: number;
  most: number;
}

// The most bytes that JSON text takes for one UTF-16 unit (`\u001f`), and for any number.
const maxBytesOfUnit = 6;
const maxBytesOfNumber = 25;
const maxBytesOfLiteral = 5;

/**
 * Looks for the first part of a value that is not plain JSON, or that PostgreSQL's jsonb cannot hold.
 *
 * Ends soon for a value that is too deep or too large, one that contains itself or shares parts a billionfold included.
 */
export function findJsonFault(value: unknown, maxBytes: number, maxDepth: number): JsonFault | undefined {
  const inspection: Inspection = { maxBytes, least: 0, most: 0 };
  const found = inspect(value, maxDepth, inspection);
  const isOversized =
    inspection.least > maxBytes ||
    (found === undefined && inspection.most > maxBytes && Buffer.byteLength(JSON.stringify(value)) > maxBytes);
  return isOversized ? { path: [], message: `must be at most ${maxBytes} bytes as JSON` } : found;
}

function inspect(value: unknown, depth: number, inspection: Inspection): JsonFault | undefined {
  if (typeof value === "string") return inspectString(value, inspection);
  if (typeof value === "number") {
    count(inspection, 1, maxBytesOfNumber);
    return Number.isFinite(value) ? undefined : fault("must be a finite number");
  }
  if (typeof value === "boolean" || value === null) {
    count(inspection, 4, maxBytesOfLiteral);
    return undefined;
  }
  if (Array.isArray(value))
    return depth > 0 ? inspectList(value, depth - 1, inspection) : fault("is nested too deeply");
  if (isPlainObject(value))
    return depth > 0 ? inspectObject(value, depth - 1, inspection) : fault("is nested too deeply");
  return fault(value === undefined ? "is required" : "must be plain JSON");
}

function inspectString(value: string, inspection: Inspection): JsonFault | undefined {
  count(inspection, value.length + 2, value.length * maxBytesOfUnit + 2);
  if (value.includes("\0")) return fault("must not hold the NUL character");
  return value.isWellFormed() ? undefined : fault("must be well-formed Unicode");
}

function inspectList(list: readonly unknown[], depth: number, inspection: Inspection): JsonFault | undefined {
  count(inspection, 2, 2);
  for (let index = 0; index < list.length && !isTooLarge(inspection); index += 1) {
    count(inspection, 0, 1);
    const found = inspect(list[index], depth, inspection);
    if (found !== undefined) return within(index, found);
  }
  return undefined;
}

function inspectObject(object: Record<string, unknown>, depth: number, inspection: Inspection): JsonFault | undefined {
  count(inspection, 2, 2);
  for (const key of Object.keys(object)) {
    if (isTooLarge(inspection)) return undefined;
    count(inspection, 1, 2);
    const value = object[key];
    const found =
      inspectString(key, inspection) ??
      (pollutes(key, value) ? fault("is not allowed as a key") : inspect(value, depth, inspection));
    if (found !== undefined) return within(key, found);
  }
  return undefined;
}

/** Whether a copy by plain assignment would reach the prototype of every object. */
export function pollutes(key: string, value: unknown): boolean {
  return key === "__proto__" || (key === "constructor" && isPlainObject(value) && Object.hasOwn(value, "prototype"));
}

function isTooLarge({ least, maxBytes }: Inspection): boolean {
  return least > maxBytes;
}

function count(inspection: Inspection, least: number, most: number): void {
  inspection.least += least;
  inspection.most += most;
}

function fault(message: string): JsonFault {
  return { path: [], message };
}

function within(key: PropertyKey, { path, message }: JsonFault): JsonFault {
  return { path: [key, ...path], message };
}
