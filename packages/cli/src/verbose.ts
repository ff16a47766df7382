import { settingDefinitions } from "@nerve/server/settings";
import { CommandError } from "./failure.ts";

/** As deep as causes are shown. */
const deepest = 10;

/**
 * Tells the whole chain of causes, for whoever looks after the machine: each by its name, its code and what it says. What an error
 * carries beside that may hold values of rows and is left out; so are secrets, wherever they stand.
 *
 * @param error what ended the command
 * @param environment the variables that hold secrets
 * @param words the command line, which may hold a password
 */
export function describeCauses(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  words: readonly string[],
): string {
  const secrets = findSecrets(environment, words);
  const lines: string[] = [];
  for (let cause = error; cause !== undefined && lines.length < deepest; cause = nextOf(cause)) {
    // A command's own error says what its cause says.
    if (cause instanceof CommandError && cause.cause !== undefined) continue;
    lines.push(`  caused by ${withoutSecrets(nameOf(cause), secrets)}`);
  }
  return lines.join("\n");
}

function nextOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error";
  const codes = ["code", "errcode", "syscall", "address", "port"]
    .map((name) => (error as unknown as Record<string, unknown>)[name])
    .filter((value) => typeof value === "string" || typeof value === "number");
  const told = codes.length === 0 ? "" : ` [${codes.join(", ")}]`;
  return `${error.name}${told}: ${error.message === "" ? "(it says nothing)" : error.message}`;
}

/** The values of secret settings, and the passwords of URLs. */
function findSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  words: readonly string[],
): readonly string[] {
  const settings = Object.values(settingDefinitions).filter(({ secret }) => secret);
  const given = [
    ...settings.map(({ name }) => environment[name] ?? ""),
    ...words.filter((word) => word.includes("://")),
  ];
  const passwords = given.flatMap((text) => passwordsOf(text));
  return [...given.filter((text) => text.length > 3 && !text.includes("://")), ...passwords];
}

function passwordsOf(text: string): string[] {
  const url = URL.parse(text);
  if (url === null) return [];
  const parts = [url.password, url.searchParams.get("password") ?? ""].filter((part) => part !== "");
  return parts.flatMap((part) => [part, decode(part)]);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const cleaned = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return cleaned.replaceAll(/(\w+:\/\/[^\s/@:]*):[^\s/@]*@/g, "$1:***@");
}
