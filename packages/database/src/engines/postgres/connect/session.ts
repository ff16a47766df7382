import { quoteName } from "../../shared/ddl.ts";
import type { PostgresLocation } from "./location.ts";

/** What a session is told at its start. */
export interface Session {
  readonly options: string;
}

/** Text, times and numbers are read as these say, and statements run as these say, whatever the server or the role is set to. */
const fixed = [
  "timezone=UTC",
  "datestyle=ISO",
  "intervalstyle=postgres",
  "bytea_output=hex",
  "extra_float_digits=1",
  "standard_conforming_strings=on",
  "quote_all_identifiers=off",
  "transform_null_equals=off",
  // The time that a statement has bounds its waiting as well.
  "lock_timeout=0",
  "default_transaction_isolation=read\\ committed",
];

/** @param more further settings, as `name=value` */
export function sessionOf(
  { schema }: PostgresLocation,
  statementTimeoutMs: number,
  more: readonly string[] = [],
): Session {
  const path = schema === undefined ? [] : [`search_path=${quoteName(schema)}`];
  // Not by the driver's own option, which says nothing where there is to be no limit: the role's would hold.
  const limit = `statement_timeout=${statementTimeoutMs}`;
  return { options: [...fixed, limit, ...path, ...more].map((setting) => `-c ${setting}`).join(" ") };
}
