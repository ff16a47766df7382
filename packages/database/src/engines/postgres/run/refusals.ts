import type { ColumnKind } from "../../../schema/kit/index.ts";
import { findJsonFault } from "../../../validation/json/json-inspection.ts";
import type { StoredValue } from "../../port/stored-rows.ts";

/** The times that timestamptz holds, in epoch milliseconds. */
const earliestMs = -210_866_803_200_000;
const latestMs = 9_224_318_016_000_000;

/** Says why PostgreSQL cannot store a value; undefined when it can. */
export function refusalOf(kind: ColumnKind, value: StoredValue): string | undefined {
  if (typeof value === "string") {
    if (value.includes("\0")) return "holds a NUL character";
    // Escapes are the only way in for what jsonb cannot hold.
    return kind === "json" && value.includes("\\u") ? jsonRefusal(value) : undefined;
  }
  if (kind !== "datetime" || value === null) return undefined;
  return value >= earliestMs && value < latestMs ? undefined : "is out of range";
}

function jsonRefusal(text: string): string | undefined {
  const fault = findJsonFault(JSON.parse(text), Infinity, Infinity);
  return fault === undefined ? undefined : `is JSON that cannot be stored: ${fault.message}`;
}
