import { randomBytes } from "node:crypto";
import { link, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatabaseError } from "../errors/index.ts";
import { flushFolder, makePrivateFolder, writeDurably } from "../files/durable.ts";
import { hasCode } from "../files/errors.ts";
import { readPrivateFile, Untrusted } from "../files/private-file.ts";
import type { MasterKey, MasterKeys } from "./key-ring.ts";

const keyLine = /^([a-z0-9-]{1,16}):([A-Za-z0-9_-]{43})$/;
const longestFile = 64 * 1024;

const heading = `# Keys of this NERVE installation. Without this file its encrypted values cannot be read: keep a copy apart from
# the database, and show it to nobody. One id:key a line; the first is used for what is new, the others only to read.
`;

/**
 * Reads the master keys from a file, and makes the file with one new key if there is none.
 *
 * The file comes into being complete or not at all; of several processes that start at once one makes it and all read
 * the same key. To rotate, put a new line with a new id before the old ones.
 *
 * @param path Where the file is; missing folders are made, closed to other users.
 * @returns The keys, the current one first.
 * @throws KEY_FILE_UNUSABLE if it is no plain file of this account or of root, other users may read or write it, it is
 *   malformed, or it cannot be read or made.
 */
export async function loadOrCreateKeyFile(path: string): Promise<MasterKeys> {
  const found = await loadKeyFile(path);
  if (found !== null) return found;
  return asKeyFile(path, async () => {
    await createKeyFile(path);
    // Where it lies now it has to be as trustworthy as one that was found there.
    return parseMasterKeys((await readPrivateFile(path, longestFile)) ?? "");
  });
}

/**
 * Reads the master keys from a file.
 * @returns The keys, the current one first; null if there is no such file.
 * @throws KEY_FILE_UNUSABLE as {@link loadOrCreateKeyFile}.
 */
export function loadKeyFile(path: string): Promise<MasterKeys | null> {
  return asKeyFile(path, async () => {
    const text = await readPrivateFile(path, longestFile);
    return text === null ? null : parseMasterKeys(text);
  });
}

/** Whatever goes wrong is said of the file, by its path. */
async function asKeyFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    if (error instanceof Untrusted) throw unusable(`The key file ${path} ${error.message}.`);
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new DatabaseError("KEY_FILE_UNUSABLE", {
      message: `The key file ${path} cannot be read or made${code}.`,
      cause: error,
    });
  }
}

/**
 * Makes the file with one new key. It is written under another name and linked to its own, which fails if somebody was
 * faster: so nobody ever reads half a file, and no key that is in use is overwritten.
 */
async function createKeyFile(path: string): Promise<void> {
  const folder = dirname(path);
  await makePrivateFolder(folder);
  const text = `${heading}${randomBytes(4).toString("hex")}:${randomBytes(32).toString("base64url")}\n`;
  const draft = join(folder, `.${basename(path)}.${randomBytes(8).toString("hex")}`);
  try {
    await writeDurably(draft, text);
    await link(draft, path);
    await flushFolder(folder);
  } catch (error) {
    const isTheirs = hasCode(error, "EEXIST") && (await readPrivateFile(path, longestFile)) !== null;
    if (!isTheirs) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Reads master keys from text: one `id:key` a line, the first is the current one; empty lines and comments are skipped.
 *
 * @param text What a key file holds.
 * @returns The keys.
 * @throws KEY_FILE_UNUSABLE if there is none, two have one id, or a line is malformed.
 */
export function parseMasterKeys(text: string): MasterKeys {
  const keys = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseKey);
  const [current, ...previous] = keys;
  if (current === undefined) throw unusable("The key file holds no key.");
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw unusable("Two keys of the key file have one id.");
  return { current, previous };
}

function parseKey(line: string): MasterKey {
  const [, id, encoded] = keyLine.exec(line) ?? [];
  if (id === undefined || encoded === undefined) throw unusable("A line of the key file is not of the form id:key.");
  return { id, key: Buffer.from(encoded, "base64url") };
}

function unusable(message: string): DatabaseError {
  return new DatabaseError("KEY_FILE_UNUSABLE", { message });
}
