import { z } from "zod";

// What PostgreSQL, SQLite and the four digits of ISO 8601 all hold.
const earliest = new Date("0001-01-01T00:00:00.000Z");
const latest = new Date("9999-12-31T23:59:59.999Z");
const maxIsoDateLength = 40;

/** A `Date` from year 1 to 9999. It has no JSON form: what comes as JSON takes `isoDate`. */
export function date() {
  return z.date().min(earliest).max(latest);
}

/**
 * A date and time as ISO 8601 text with `Z` or an offset; yields a `Date`, to the millisecond. Days that no calendar has
 * (30 February) are refused, where `new Date` would count on into March.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export function isoDate() {
  return z.iso
    .datetime({ offset: true })
    .max(maxIsoDateLength)
    .transform((value) => new Date(value))
    .pipe(date());
}
