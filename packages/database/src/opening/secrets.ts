import { randomBytes } from "node:crypto";
import { loadKeyFile, loadOrCreateKeyFile } from "../cryptography/key-file.ts";
import { createKeyRing, type KeyRing, type MasterKeys } from "../cryptography/index.ts";
import { databaseFileOf, isInMemory } from "../engines/open.ts";
import type { DatabaseFiles, Handle } from "../database/handle.ts";
import { DatabaseError } from "../errors/index.ts";
import { realPathOf } from "../files/real-path.ts";
import { findStoredKeyIds } from "../secrets/stored-keys.ts";

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

async function loadKeys(db: Handle, url: string, options: SecretOptions): Promise<MasterKeys> {
  if (options.keys !== undefined) return options.keys;
  const file = filesOf(url, options).keys;
  if (file !== undefined) return (await loadKeyFile(file)) ?? (await makeFirstKeys(db, file));
  // What is in memory ends with the process, and so may its key.
  if (isInMemory(url)) return { current: { id: "memory", key: randomBytes(32) } };
  throw new DatabaseError("SECRET_UNREADABLE", {
    message: "No encryption key: give `keys` or `keyFile` when opening a PostgreSQL database.",
  });
}

/** A key is new where nothing was ever encrypted. Anywhere else the old one is lost, and another would hide that. */
async function makeFirstKeys(db: Handle, file: string): Promise<MasterKeys> {
  const ids = await findStoredKeyIds(db);
  if (ids.length === 0) return loadOrCreateKeyFile(file);
  const keys = ids.length === 1 ? `the key ${ids[0]}` : `the keys ${ids.join(", ")}`;
  throw new DatabaseError("SECRET_UNREADABLE", {
    message: `There is no key file ${file}, and the database holds values that ${keys} encrypted: no other is made.`,
  });
}

/**
 * Prepares the keys of a database without reading or making anything yet; they are loaded once, when first needed. A
 * failure is not remembered: the file may come back.
 */
export function secretsFor(url: string, options: SecretOptions): (db: Handle) => Promise<KeyRing> {
  let loaded: Promise<KeyRing> | undefined;
  return (db) => {
    loaded ??= loadKeys(db, url, options)
      .then(createKeyRing)
      .catch((error: unknown) => {
        loaded = undefined;
        throw error;
      });
    return loaded;
  };
}
