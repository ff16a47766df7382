import { quoteName } from "../../shared/ddl.ts";
import type { PostgresLocation } from "./location.ts";

/** What a session is told at its start. */
export interface Session {
  readonly statement_timeout: number;
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
  "default_transaction_isolation=read\\ committed",
];

/** @param more further settings, as `name=value` */
export function sessionOf(
  { schema }: PostgresLocation,
  statementTimeoutMs: number,
  more: readonly string[] = [],
): Session {
  const path = schema === undefined ? [] : [`search_path=${quoteName(schema)}`];
  const options = [...fixed, ...path, ...more].map((setting) => `-c ${setting}`).join(" ");
  return { statement_timeout: statementTimeoutMs, options };
}
