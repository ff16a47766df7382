import { readFileSync } from "node:fs";
import { translateFileError } from "@nerve/database";
import type { Context } from "./context.ts";
import { UsageError } from "./failure.ts";
import { warn } from "./warnings.ts";

/** A database's URL as a command line gives it: itself, or the file that holds it. */
interface GivenUrl {
  readonly url: string | undefined;
  readonly file: string | undefined;
  /** The option of the URL: `--database`. The file's is `--database-file`. */
  readonly option: `--${string}`;
}

/**
 * Finds the URL of a database that was given on the command line. One that holds a password had better come from a file: what
 * is on a command line, every account of the machine sees while the command runs.
 *
 * @returns undefined when none was given
 */
export function readGivenUrl(context: Context, { url, file, option }: GivenUrl): string | undefined {
  if (url !== undefined && file !== undefined) {
    throw new UsageError(`${option} and ${option}-file exclude each other.`, "Give one of them.");
  }
  if (url !== undefined && holdsPassword(url)) {
    const otherwise = option === "--database" ? "NERVE_DATABASE_URL or --database-file" : `${option}-file`;
    warn(context, `Every account of this machine can see the password in ${option}. Give the URL with ${otherwise}.`);
  }
  return file === undefined ? url : readUrlFile(file, option);
}

function readUrlFile(file: string, option: string): string {
  const [first = "", ...rest] = readText(file)
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  if (first !== "" && rest.length === 0) return first;
  throw new UsageError(
    `${option}-file ${file} ${first === "" && rest.length === 0 ? "is empty" : "has several lines"}.`,
    "It has to hold the database's URL, on one line, and nothing else.",
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw translateFileError(error, file);
  }
}

function holdsPassword(url: string): boolean {
  return /^\w+:\/\/[^/?#]*:[^/?#]*@/.test(url) || /[?&]password=/i.test(url);
}
