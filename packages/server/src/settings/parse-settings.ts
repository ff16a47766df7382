import { type InputIssue, ValidationError } from "@nerve/database";
import { settingDefinitions, type Settings } from "./definitions.ts";
import { findForeignVariables } from "./foreign-variables.ts";
import { isLoopbackHost, nearestName } from "./hosts-and-names.ts";
import { findPlacesAtOdds } from "./places.ts";
import { textFaultOf } from "./text-fault.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Names that the project's own tests use. */
const testPrefix = "NERVE_TEST_";

/**
 * Reads the settings from environment variables. Variables that do not begin with `NERVE_` are not looked at, nor those that
 * Kubernetes and images write; an empty one counts as not set.
 *
 * @param environment what `process.env` holds
 * @returns every setting, frozen
 * @throws {ValidationError} INVALID_INPUT naming each variable that is unknown (with the nearest known name), malformed, or
 *   at odds with another
 * @example
 * const settings = parseSettings({ NERVE_PORT: "8080" });
 */
export function parseSettings(environment: Environment): Settings {
  const own = withoutForeign(environment);
  const issues: InputIssue[] = [];
  const entries = Object.entries(settingDefinitions).map(([key, definition]) => {
    const text = own[definition.name] ?? "";
    if (text === "") return [key, definition.default];
    const fault = textFaultOf(text);
    const value = fault === undefined ? definition.kind.parse(text) : undefined;
    if (value === undefined) {
      issues.push({ field: definition.name, message: fault ?? `must be ${definition.kind.form}` });
    }
    return [key, value];
  });
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings;
  issues.unshift(...findUnknown(own, settings.leaveOut ?? []));
  if (issues.length > 0) throw new ValidationError(issues);
  const conflicts = [...findConflicts(settings), ...findPlacesAtOdds(settings)];
  if (conflicts.length > 0) throw new ValidationError(conflicts);
  return settings;
}

function withoutForeign(environment: Environment): Environment {
  const { serviceLinks, imageLabels } = findForeignVariables(environment);
  const foreign = new Set([...serviceLinks, ...imageLabels]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.has(name)));
}

/**
 * Unknown names are refused, for what is written wrong would else count as not set: with `NERVE_DB_URL`, a new database would
 * be made. Settings of a newer NERVE, after going back to this one, have to be named.
 */
function findUnknown(environment: Environment, leftOut: readonly string[]): InputIssue[] {
  const known = Object.values(settingDefinitions).map(({ name }): string => name);
  const isUnknown = (name: string) =>
    name.startsWith("NERVE_") && !name.startsWith(testPrefix) && !known.includes(name) && !leftOut.includes(name);
  return Object.keys(environment)
    .filter(isUnknown)
    .map((name) => ({
      field: name,
      message: `is no setting; did you mean ${nearestName(name, known)}? If a newer NERVE has it, list it in NERVE_LEAVE_OUT`,
    }));
}

/** Two listeners cannot have one address. */
function findSharedPort({
  host,
  port,
  metricsHost,
  metricsPort,
}: Pick<Settings, "host" | "port" | "metricsHost" | "metricsPort">): InputIssue[] {
  // Port 0 is any that is free.
  const isShared = metricsPort !== 0 && metricsPort === port && metricsHost === host;
  if (!isShared) return [];
  return [{ field: settingDefinitions.metricsPort.name, message: "has to be another one than NERVE_PORT" }];
}

function findConflicts({
  host,
  publicUrl,
  allowPlainHttp,
  secureCookies,
  keyFile,
  encryptionKeys,
  ...listeners
}: Settings): InputIssue[] {
  const issues = findSharedPort({ host, ...listeners });
  const isReachable = !isLoopbackHost(host);
  const isHttps = publicUrl?.startsWith("https:") ?? false;
  if (isReachable && !isHttps && !allowPlainHttp) {
    issues.push({
      field: settingDefinitions.host.name,
      message:
        "would serve other machines in the clear: put a proxy with TLS before NERVE and set NERVE_PUBLIC_URL=https://…",
    });
  }
  if (!secureCookies && (isHttps || (isReachable && !allowPlainHttp))) {
    issues.push({
      field: settingDefinitions.secureCookies.name,
      message: isHttps
        ? "can only be turned off where NERVE_PUBLIC_URL is not https"
        : "can only be turned off while nobody but this machine reaches the server, or with NERVE_ALLOW_PLAIN_HTTP=true",
    });
  }
  if (keyFile !== null && encryptionKeys !== null) {
    issues.push({ field: settingDefinitions.keyFile.name, message: "and NERVE_ENCRYPTION_KEY exclude each other" });
  }
  return issues;
}
