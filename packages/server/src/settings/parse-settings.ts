import { type InputIssue, ValidationError } from "@nerve/database";
import { settingDefinitions, type Settings } from "./definitions.ts";
import { findPlacesAtOdds } from "./places.ts";
import { isLoopbackHost, nearestName } from "./hosts-and-names.ts";

/** Names that the project's own tests use. */
const testPrefix = "NERVE_TEST_";

/**
 * Reads the settings from environment variables. Variables that do not begin with `NERVE_` are not looked at; an empty one
 * counts as not set.
 *
 * @param environment what `process.env` holds
 * @returns every setting, frozen
 * @throws {ValidationError} INVALID_INPUT naming each variable that is unknown (with the nearest known name), malformed, or
 *   at odds with another
 * @example
 * const settings = parseSettings({ NERVE_PORT: "8080" });
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const issues = findUnknown(environment);
  const entries = Object.entries(settingDefinitions).map(([key, definition]) => {
    const text = environment[definition.name] ?? "";
    if (text === "") return [key, definition.default];
    const value = definition.kind.parse(text);
    if (value === undefined) issues.push({ field: definition.name, message: `must be ${definition.kind.form}` });
    return [key, value];
  });
  if (issues.length > 0) throw new ValidationError(issues);
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings;
  const conflicts = [...findConflicts(settings), ...findPlacesAtOdds(settings)];
  if (conflicts.length > 0) throw new ValidationError(conflicts);
  return settings;
}

function findUnknown(environment: Readonly<Record<string, string | undefined>>): InputIssue[] {
  const known = Object.values(settingDefinitions).map(({ name }): string => name);
  return Object.keys(environment)
    .filter((name) => name.startsWith("NERVE_") && !name.startsWith(testPrefix) && !known.includes(name))
    .map((name) => ({ field: name, message: `is no setting; did you mean ${nearestName(name, known)}?` }));
}

function findConflicts({
  host,
  publicUrl,
  allowPlainHttp,
  secureCookies,
  keyFile,
  encryptionKeys,
}: Settings): InputIssue[] {
  const issues: InputIssue[] = [];
  const isReachable = !isLoopbackHost(host);
  const isHttps = publicUrl?.startsWith("https:") ?? false;
  if (isReachable && !isHttps && !allowPlainHttp) {
    issues.push({
      field: settingDefinitions.host.name,
      message:
        "would serve other machines in the clear: put a proxy with TLS before NERVE and set NERVE_PUBLIC_URL=https://…",
    });
  }
  if (!secureCookies && (isReachable || isHttps)) {
    issues.push({
      field: settingDefinitions.secureCookies.name,
      message: "can only be turned off while nobody but this machine reaches the server",
    });
  }
  if (keyFile !== null && encryptionKeys !== null) {
    issues.push({ field: settingDefinitions.keyFile.name, message: "and NERVE_ENCRYPTION_KEY exclude each other" });
  }
  return issues;
}
