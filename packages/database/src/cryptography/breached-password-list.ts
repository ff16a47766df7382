import { hash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { DatabaseError, ValidationError } from "../errors/index.ts";
import { normalisePassword } from "./password-hash.ts";

/** Tells whether a password is known from a breach. */
export type BreachedPasswords = (plain: string) => Promise<boolean>;

const digestLength = 40;
/** Longer than any line: a digest, a colon, a count, and the end of the line. */
const longestLine = 64;
/** From here on, what is left is read at once. */
const blockLength = 4096;
const lineForm = /^([0-9A-F]{40})(?::\d{1,12})?$/i;

interface Line {
  /** Where it begins, in bytes. */
  readonly start: number;
  readonly digest: string;
}

async function readText(file: FileHandle, start: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  return buffer.toString("latin1", 0, bytesRead);
}

/** Why a file is no such list. */
class MalformedList extends Error {}

function digestOf(text: string): string {
  const digest = lineForm.exec(text.replace(/\r?\n?$/, ""))?.[1];
  if (digest === undefined) throw new MalformedList("it has a line that is no SHA-1 digest");
  return digest.toUpperCase();
}

/** The first line that begins at a place or after it; undefined where none does. */
async function lineAfter(file: FileHandle, place: number): Promise<Line | undefined> {
  // The end of the line before tells where one begins, so that a place at which one begins counts.
  const from = Math.max(0, place - 1);
  const text = await readText(file, from, 2 * longestLine);
  const begin = place === 0 ? 0 : text.indexOf("\n") + 1;
  if (begin === 0 && place > 0 && text.length > longestLine) throw new MalformedList("it has a line that is too long");
  if ((begin === 0 && place > 0) || begin >= text.length) return undefined;
  const end = text.indexOf("\n", begin);
  return { start: from + begin, digest: digestOf(text.slice(begin, end === -1 ? undefined : end)) };
}

async function holds(file: FileHandle, digest: string): Promise<boolean> {
  let low = 0;
  let { size: high } = await file.stat();
  while (high - low > blockLength) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineAfter(file, middle);
    if (line?.digest === digest) return true;
    if (line === undefined || line.digest > digest) high = middle;
    else low = line.start;
  }
  const text = await readText(file, low, high - low + longestLine);
  return text.split("\n").some((line) => line.slice(0, digestLength).toUpperCase() === digest);
}

/** What is asked is few: the list is opened each time, so that a newer one can be put in its place meanwhile. */
async function withList<T>(path: string, action: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    // Opening a pipe would wait for somebody to write into it.
    if (!(await stat(path)).isFile()) throw new MalformedList("it is no file");
    await using file = await open(path, "r");
    return await action(file);
  } catch (cause) {
    // Behind a comma, the system's words go on with the call and the path.
    const reason = cause instanceof Error ? cause.message.split(",")[0] : "";
    const message = `The list of breached passwords ${path} cannot be used: ${reason}.`;
    throw new DatabaseError("FILE_UNUSABLE", { message, cause });
  }
}

async function requireForm(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  const first = await lineAfter(file, 0);
  if (first === undefined) throw new MalformedList("it is empty");
  const quarters = [1, 2, 3].map((quarter) => Math.floor((size * quarter) / 4));
  const found = await Promise.all(
    [...quarters, Math.max(0, size - longestLine)].map((place) => lineAfter(file, place)),
  );
  const digests = [first, ...found].flatMap((line) => line?.digest ?? []);
  if (digests.some((digest, index) => index > 0 && digest < (digests[index - 1] ?? ""))) {
    throw new MalformedList("it is not in the order of its digests");
  }
}

/**
 * Opens a list of breached passwords that lies in a file: SHA-1 digests in hexadecimal, a line each, in their order, with or
 * without a colon and a count behind. That is how the lists that can be downloaded come; SHA-1 protects nothing here, it is
 * their format. The file may be of any size: a look-up reads some forty places of it.
 *
 * @param path the file
 * @returns tells whether a password, as typed or in its normal form, stands in the list; it throws FILE_UNUSABLE when the
 *   file is gone by then, so that no password is accepted unseen
 * @throws {ValidationError} INVALID_INPUT when the path is empty
 * @throws {DatabaseError} FILE_UNUSABLE when the file cannot be read, or is no such list
 */
export async function openBreachedPasswordList(path: string): Promise<BreachedPasswords> {
  if (path === "") throw new ValidationError([{ field: "breachedPasswordsFile", message: "must not be empty" }]);
  await withList(path, requireForm);
  return (plain) => {
    const forms = new Set([plain, normalisePassword(plain)]);
    const digests = [...forms].map((form) => hash("sha1", form, "hex").toUpperCase());
    return withList(path, async (file) => {
      for (const digest of digests) if (await holds(file, digest)) return true;
      return false;
    });
  };
}
