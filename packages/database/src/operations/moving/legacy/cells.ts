import type { StoredValue } from "../../../engines/port/stored-rows.ts";
import type { NamedColumn } from "../../../schema/kit/index.ts";
import { countCodePoints } from "../../../validation/characters.ts";
import { findJsonFault } from "../../../validation/json/json-inspection.ts";

/** Why a value cannot be taken over. */
export class Fault {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A value that was taken over with a change that its owner should know of. */
export class Adjusted {
  readonly value: StoredValue;
  readonly reason: string;

  constructor(value: StoredValue, reason: string) {
    this.value = value;
    this.reason = reason;
  }
}

/** What reading a value comes to. */
export type Outcome = StoredValue | Fault | Adjusted;

const maxJsonBytes = 1024 ** 3;
const maxJsonDepth = 512;

/** Reads a value of the older system for a column of this one. */
export function readCell(column: NamedColumn, raw: unknown): Outcome {
  if (raw === null || raw === undefined) return column.notNull === true ? new Fault("is required") : null;
  switch (column.kind) {
    case "id":
    case "integer":
      return readInteger(raw);
    case "float":
      return readFloat(raw);
    case "boolean":
      return Number(raw) === 0 || Number(raw) === 1 ? readBoolean(raw) : new Fault("is not a boolean");
    case "datetime":
      return readDatetime(raw);
    case "enum":
      return readWord(column.values ?? [], raw);
    case "json":
      return readJson(raw, column.notNull === true);
    default:
      return readText(raw, column.length);
  }
}

function readInteger(raw: unknown): Outcome {
  const value = typeof raw === "bigint" || typeof raw === "number" ? Number(raw) : Number.NaN;
  if (!Number.isInteger(value)) return new Fault("is not a whole number");
  return Number.isSafeInteger(value) ? value : new Fault("is beyond ±(2^53 − 1)");
}

function readFloat(raw: unknown): Outcome {
  const value = typeof raw === "bigint" || typeof raw === "number" ? Number(raw) : Number.NaN;
  return Number.isFinite(value) ? value : new Fault("is not a finite number");
}

function readBoolean(raw: unknown): Outcome {
  return typeof raw === "bigint" || typeof raw === "number" ? Number(raw) : new Fault("is not a boolean");
}

const datetime = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

/** Reads `YYYY-MM-DD HH:MM:SS.ffffff`, UTC unless it says otherwise; what is finer than a millisecond is cut off. */
function readDatetime(raw: unknown): Outcome {
  const parts = typeof raw === "string" ? datetime.exec(raw) : null;
  if (parts === null) return new Fault("is not a date and time");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const millisecond = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute, second, millisecond);
  const given = [year, month - 1, day, hour, minute, second];
  const understood = [
    time.getUTCFullYear(),
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ];
  if (year === 0 || given.some((part, index) => part !== understood[index]))
    return new Fault("is no such date and time");
  const offsetMinutes = Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0);
  return time.getTime() - (parts[8] === "-" ? -offsetMinutes : offsetMinutes) * 60_000;
}

/** The older system stored the names of enum members (`SUPER_ADMIN`), and could not read their values. */
function readWord(values: readonly string[], raw: unknown): Outcome {
  if (typeof raw !== "string") return new Fault("is none of the allowed words");
  const value = values.find((candidate) => candidate.toUpperCase() === raw);
  if (value !== undefined) return value;
  return values.includes(raw)
    ? new Adjusted(raw, "was unreadable to the older system, and is readable now")
    : new Fault("is none of the allowed words");
}

function readJson(raw: unknown, notNull: boolean): Outcome {
  const text = readText(raw, undefined);
  if (typeof text !== "string") return text;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return new Fault("is not JSON");
  }
  if (document === null) return notNull ? text : new Adjusted(null, "the JSON text null is stored as NULL");
  const fault = findJsonFault(document, maxJsonBytes, maxJsonDepth);
  return fault === undefined ? text : new Fault(`is JSON that cannot be stored: ${fault.message}`);
}

/** Reads a text. Text that is not UTF-8 arrives with replacement characters; whoever has the bytes tells them apart. */
export function readText(raw: unknown, length: number | undefined): Outcome {
  if (typeof raw !== "string") return new Fault("is not text");
  if (raw.includes("\0")) return new Fault("holds a NUL character");
  if (!raw.isWellFormed()) return new Fault("is not well-formed Unicode");
  return length === undefined || raw.length <= length || countCodePoints(raw) <= length
    ? raw
    : new Fault(`is longer than ${length} characters`);
}
