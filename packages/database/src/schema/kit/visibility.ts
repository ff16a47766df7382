import type { ColumnProperties, HiddenSensitivity, Sensitivity } from "./column.ts";

/** Complete by its type, and of the same mind as the types: a new sensitivity has to say whether it hides. */
const hides: Readonly<Record<HiddenSensitivity, true> & Record<Exclude<Sensitivity, HiddenSensitivity>, false>> = {
  digest: true,
  encrypted: true,
  password: true,
  secret: true,
  harvested: true,
  personal: false,
};

/**
 * Whether a column is part of a row as it leaves the database. Hidden ones (digests, hashes, secrets, and credentials found
 * elsewhere) leave only where a statement names them. The one home of the rule: column lists, row types, answers and
 * the API's document are derived from it.
 */
export function isVisible({ sensitivity }: ColumnProperties): boolean {
  return sensitivity === undefined || !hides[sensitivity];
}
