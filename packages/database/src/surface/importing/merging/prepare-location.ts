import type { Location } from "@nerve/formats";
import type { JsonValue } from "../../../schema/kit/index.ts";
import { hashParts } from "./hash-parts.ts";

/** A place of a finding, ready to be stored. */
export interface PreparedLocation {
  readonly locatorKey: string;
  readonly contentHash: string;
  /** How often it came; null where only the record knows. */
  readonly occurrences: number | null;
  readonly columns: Readonly<{
    kind: Location["kind"];
    url: string | null;
    method: string | null;
    parameter: string | null;
    filePath: string | null;
    startLine: number | null;
    endLine: number | null;
    component: string | null;
    version: string | null;
    fixedVersion: string | null;
    detail: JsonValue;
  }>;
}

/** Prepares a place: digests what makes it this one, and masks what is secret. */
export function prepareLocation(
  location: Location,
  mask: (text: string) => string,
  command: string | undefined,
): PreparedLocation {
  const { kind, locator, url, method, parameter, path, component, version, fixedVersion } = location;
  const columns = {
    kind,
    url: orNull(url, mask)?.slice(0, 2048) ?? null,
    method: method?.slice(0, 50) ?? null,
    parameter: orNull(parameter, mask),
    filePath: orNull(path),
    startLine: orNull(location.startLine),
    endLine: orNull(location.endLine),
    component: orNull(component),
    version: orNull(version),
    fixedVersion: orNull(fixedVersion),
    detail: detailOf(location, mask, command),
  };
  return {
    locatorKey: location.locatorKey ?? hashParts(locator),
    contentHash: contentHashOf(columns),
    occurrences: orNull(location.occurrences),
    columns,
  };
}

const contentHashOf = (columns: PreparedLocation["columns"]) => hashParts(Object.values(columns));

/** What several records of one place tell of it: the first one, with the values that the others extracted there. */
export function joinLocations(first: PreparedLocation, other: PreparedLocation): PreparedLocation {
  const [known, more] = [extractedOf(first), extractedOf(other).slice(0, mostExtracted)];
  const extracted = [...new Set([...known, ...more])].slice(0, mostExtracted);
  if (extracted.length <= known.length) return first;
  const columns = { ...first.columns, detail: { ...(first.columns.detail as object), extracted } };
  return { ...first, columns, contentHash: contentHashOf(columns) };
}

/** Values of a place that are kept. */
const mostExtracted = 100;

function extractedOf({ columns: { detail } }: PreparedLocation): readonly string[] {
  const { extracted } = (detail ?? {}) as { extracted?: unknown };
  return Array.isArray(extracted) ? extracted.filter((value) => typeof value === "string") : [];
}

function orNull<Value>(value: Value | undefined, change: (value: Value) => Value = (same) => same): Value | null {
  return value === undefined ? null : change(value);
}

/** What has no column. Whether a later scan may say that the place is gone depends on the command that found it. */
function detailOf(location: Location, mask: (text: string) => string, command: string | undefined): JsonValue {
  const { message, address, startColumn, endColumn } = location;
  const own = { message: message === undefined ? undefined : mask(message), address, command, startColumn, endColumn };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  const detail = { ...Object.fromEntries(given), ...maskDetails(location.detail, mask) };
  return Object.keys(detail).length === 0 ? null : (detail as JsonValue);
}

function maskDetails(details: Location["detail"], mask: (text: string) => string): Record<string, unknown> {
  const entries = Object.entries(details ?? {}).map(([name, value]): [string, unknown] => {
    if (typeof value === "string") return [name, mask(value)];
    return [name, Array.isArray(value) ? value.map((one: string) => mask(one)) : value];
  });
  return Object.fromEntries(entries);
}
