import { randomBytes } from "node:crypto";
import { createKeyRing, type KeyRing, loadOrCreateKeyFile, type MasterKeys } from "../cryptography/index.ts";
import { databaseFileOf, isInMemory } from "../engines/open.ts";
import type { DatabaseFiles } from "../database/handle.ts";
import { DatabaseError } from "../errors/index.ts";
import { realPathOf } from "../files/real-path.ts";

interface SecretOptions {
  readonly keys?: MasterKeys;
  readonly keyFile?: string;
}

/**
 * Where the keys of a SQLite database lie unless told otherwise: `ghost.key` beside `ghost.db`. The file itself names
 * them, and no link to it: one database has one key, whatever path it is opened by.
 */
function keyFileBeside(databaseFile: string): string {
  return `${realPathOf(databaseFile).replace(/\.db$/, "")}.key`;
}

/**
 * Tells which files a database consists of, without looking at them.
 *
 * @param url as `openDatabase` takes it
 * @param options `keys` and `keyFile` as `openDatabase` takes them
 * @returns the file of a SQLite database and the file of its keys; undefined for what is not in a file
 * @throws {ValidationError} INVALID_INPUT when the URL is of no engine
 * @example
 * console.log(filesOf("sqlite:data/ghost.db").keys); // /…/data/ghost.key
 */
export function filesOf(url: string, { keys, keyFile }: SecretOptions = {}): DatabaseFiles {
  const database = databaseFileOf(url);
  const beside = database === undefined ? undefined : keyFileBeside(database);
  return { database, keys: keys === undefined ? (keyFile ?? beside) : undefined };
}

async function loadKeys(url: string, options: SecretOptions): Promise<MasterKeys> {
  if (options.keys !== undefined) return options.keys;
  const file = filesOf(url, options).keys;
  if (file !== undefined) return loadOrCreateKeyFile(file);
  // What is in memory ends with the process, and so may its key.
  if (isInMemory(url)) return { current: { id: "memory", key: randomBytes(32) } };
  throw new DatabaseError("SECRET_UNREADABLE", {
    message: "No encryption key: give `keys` or `keyFile` when opening a PostgreSQL database.",
  });
}

/** Prepares the keys of a database without reading or making anything yet; they are loaded once, when first needed. */
export function secretsFor(url: string, options: SecretOptions): () => Promise<KeyRing> {
  let loaded: Promise<KeyRing> | undefined;
  return () => {
    loaded ??= loadKeys(url, options).then(createKeyRing);
    return loaded;
  };
}
