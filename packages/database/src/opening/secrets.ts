import { randomBytes } from "node:crypto";
import { createKeyRing, type KeyRing, loadOrCreateKeyFile, type MasterKeys } from "../cryptography/index.ts";
import { databaseFileOf, isInMemory } from "../engines/open.ts";
import { DatabaseError } from "../errors/index.ts";

interface SecretOptions {
  readonly keys?: MasterKeys;
  readonly keyFile?: string;
}

/** Where the keys of a SQLite database lie unless told otherwise: `ghost.key` beside `ghost.db`. */
function keyFileBeside(databaseFile: string): string {
  return `${databaseFile.replace(/\.db$/, "")}.key`;
}

async function loadKeys(url: string, { keys, keyFile }: SecretOptions): Promise<MasterKeys> {
  if (keys !== undefined) return keys;
  if (keyFile !== undefined) return loadOrCreateKeyFile(keyFile);
  // What is in memory ends with the process, and so may its key.
  if (isInMemory(url)) return { current: { id: "memory", key: randomBytes(32) } };
  const file = databaseFileOf(url);
  if (file !== undefined) return loadOrCreateKeyFile(keyFileBeside(file));
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
