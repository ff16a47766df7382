import { countOf, isObject, type JsonObject, objectOf, textOf } from "../json/values.ts";
import type { Asset } from "../records/records.ts";

/** What became of a command: `COMPLETED`, `ERROR`, `NOT_SCHEDULED`. */
export interface Attempt {
  readonly status: string;
  readonly result: JsonObject;
}

/** A server of a report, in either of the shapes that versions wrote. */
export interface Server {
  readonly asset: Extract<Asset, { kind: "service" }>;
  readonly address: string;
  readonly connectivity: string;
  readonly details: JsonObject;
  readonly attempts: ReadonlyMap<string, Attempt>;
}

/** Undefined where the report does not say which server it is. */
export function readServer(value: JsonObject): Server | undefined {
  // Version 5 took everything out of `server_info`.
  const info = objectOf(value, "server_info");
  const location = Object.hasOwn(value, "server_location")
    ? objectOf(value, "server_location")
    : objectOf(info, "server_location");
  const host = textOf(location, "hostname", "ip_address");
  const port = countOf(location, "port");
  if (host === "" || port === undefined || port < 1 || port > 65_535) return undefined;
  const isNew = Object.hasOwn(value, "scan_result") || Object.hasOwn(value, "connectivity_status");
  return {
    asset: { kind: "service", host, port, transport: "tcp" },
    address: textOf(location, "ip_address"),
    connectivity: isNew ? textOf(value, "connectivity_status") : "COMPLETED",
    details: isNew ? objectOf(value, "connectivity_result") : objectOf(info, "tls_probing_result"),
    attempts: isNew ? newAttempts(objectOf(value, "scan_result")) : oldAttempts(value),
  };
}

function newAttempts(results: JsonObject): Map<string, Attempt> {
  const attempts = Object.entries(results).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return new Map(
    attempts.map(([name, attempt]) => [
      name,
      { status: textOf(attempt, "status"), result: objectOf(attempt, "result") },
    ]),
  );
}

/** Until version 4, a command has a result or an error; one that did not run has none, or null. */
function oldAttempts(value: JsonObject): Map<string, Attempt> {
  const attempts = new Map<string, Attempt>();
  for (const [name, result] of Object.entries(objectOf(value, "scan_commands_results")))
    attempts.set(name, isObject(result) ? { status: "COMPLETED", result } : { status: "NOT_SCHEDULED", result: {} });
  for (const name of Object.keys(objectOf(value, "scan_commands_errors")))
    attempts.set(name, { status: "ERROR", result: {} });
  return attempts;
}
