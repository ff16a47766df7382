import { type DestinationStream, type Logger, pino } from "pino";
import type { Settings } from "../settings/index.ts";

/** Names under which a secret could come into a log line, whoever writes it. */
const secretNames: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "token",
  "refreshToken",
  "password",
  "currentPassword",
  "newPassword",
  "code",
  "challenge",
  "key",
  "secret",
  "url",
]);
const censor = "[redacted]";

/** Lines are written together, so many bytes or milliseconds of them: a write for each costs a busy server a tenth of its time. */
const gatheredBytes = 8192;
const gatheredMs = 100;

/** The longest stack that is logged, in characters. */
const longestStack = 4000;

/**
 * Makes the logger: one JSON object a line, so that nothing a client sends can forge a line, with the time in UTC.
 *
 * @param level the least that is logged
 * @param destination where lines go; standard error unless told
 */
export function createLogger(level: Settings["logLevel"], destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { name: "nerve" },
      timestamp: timeField(),
      formatters: { level: (label) => ({ level: label }), log: redactLine },
      serializers: { err: describeError, error: describeError },
    },
    destination ?? pino.destination({ dest: 2, sync: false, minLength: gatheredBytes, periodicFlush: gatheredMs }),
  );
}

/**
 * Takes the values of secret names out of a line, and out of the objects in it. pino's own way takes five times as long, and
 * looks for secrets in the id of every request too.
 */
function redactLine(line: Record<string, unknown>): Record<string, unknown> {
  if (isPlain(line)) return line;
  const redacted: Record<string, unknown> = {};
  for (const name of Object.keys(line)) {
    redacted[name] = secretNames.has(name) ? censor : redactObject(line[name]);
  }
  return redacted;
}

/** Whether nothing in a line could hold a secret, as in that of most requests: it is written as it is. */
function isPlain(line: Record<string, unknown>): boolean {
  for (const name in line) {
    if (secretNames.has(name) || (typeof line[name] === "object" && line[name] !== null)) return false;
  }
  return true;
}

/** Errors are described by a serializer of their own. */
function redactObject(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  const found = Object.keys(value).filter((name) => secretNames.has(name));
  return found.length === 0 ? value : { ...value, ...Object.fromEntries(found.map((name) => [name, censor])) };
}

/** Makes what writes the time; lines of the same millisecond share it, for a date takes long to write. */
function timeField(): () => string {
  let [lastMs, field] = [Number.NaN, ""];
  return () => {
    const now = Date.now();
    if (now !== lastMs) [lastMs, field] = [now, `,"time":"${new Date(now).toISOString()}"`];
    return field;
  };
}

/** An error with its causes, and none of the properties that drivers put values into. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    ...("code" in error ? { errorCode: String(error.code) } : {}),
    message,
    stack: stack?.slice(0, longestStack),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
