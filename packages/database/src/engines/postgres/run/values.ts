import pg from "pg";
import { JsonParameter } from "../../../schema/kit/parameters.ts";
import { jsonTextOf } from "../../../validation/json/json-document.ts";

/** Turns a JavaScript value into what `pg` sends. */
export function encodeValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof JsonParameter) return jsonTextOf(value.value) ?? null;
  if (value === undefined) return null;
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    throw new TypeError("A value of this type cannot be stored; wrap JSON documents in json().");
  }
  return value;
}

/** Type numbers of PostgreSQL, from its catalogue pg_type. */
const typeId = { boolean: 16, int8: 20, float8: 701, json: 114, numeric: 1700, timestamptz: 1184, jsonb: 3802 };

const parseAnyTimestamp = pg.types.getTypeParser(typeId.timestamptz) as (text: string) => Date;
const usualTimestamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)([+-]\d\d)(:\d\d)?$/;

/** Reads `2026-01-02 03:04:05.678+00`, in whatever time zone: behind a pooler the session has the role's. */
function parseTimestamp(text: string): Date {
  if (text.endsWith("+00") && text.length <= 29 && text[10] === " ") {
    return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  }
  const [, day, time, hours, minutes = ":00"] = usualTimestamp.exec(text) ?? [];
  return day === undefined ? parseAnyTimestamp(text) : new Date(`${day}T${time}${hours}${minutes}`);
}

/** Reads a whole number; one that JavaScript cannot hold exactly is an error and not another number. */
function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("An integer of the database is beyond ±(2^53 − 1).");
  return value;
}

const parsers = new Map<number, (text: string) => unknown>([
  [typeId.int8, parseInteger],
  [typeId.numeric, Number],
  [typeId.timestamptz, parseTimestamp],
  [typeId.json, JSON.parse],
  [typeId.jsonb, JSON.parse],
]);

/** How values come out of `pg`: the same JavaScript values as from SQLite. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    parsers.get(oid) ??
    (pg.types.getTypeParser(oid, format === "binary" ? "binary" : "text") as (value: string) => unknown),
};
