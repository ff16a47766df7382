import { z } from "zod";
import { createKeyRing, type KeyRing, type MasterKeys } from "../../../cryptography/index.ts";
import { loadKeyFile } from "../../../cryptography/key-file.ts";
import { Database } from "../../../database/handle.ts";
import { DatabaseError } from "../../../errors/index.ts";
import { filesOf } from "../../../opening/secrets.ts";
import * as fields from "../fields.ts";

/** A database: open, or by its URL when it cannot be opened. */
export type DatabasePlace = Database | string;

/** Where the keys are that sign an installation's manifests. An open database knows its own. */
export interface InstallationKeys {
  /** The keys themselves, as `openDatabase` takes them. */
  keys?: MasterKeys | undefined;
  /** File of the keys, as `openDatabase` takes it. Default for a SQLite database: beside it. */
  keyFile?: string | undefined;
}

export const keyFields = {
  keys: z.custom<MasterKeys>((value) => typeof value === "object" && value !== null).optional(),
  keyFile: fields.path().optional(),
};

/** Whose backups are looked at. */
export interface SignatureOptions extends InstallationKeys {
  /** The database of the installation, or its URL: a manifest that its keys did not sign is not taken at its word. */
  database?: DatabasePlace | undefined;
}

export const signatureFields = {
  database: z.custom<DatabasePlace>((value) => value instanceof Database || typeof value === "string").optional(),
  ...keyFields,
};

/** Says so where the backup is nobody's that this installation knows. */
export interface TrustOptions extends InstallationKeys {
  /**
   * Takes a backup that no key of this installation signed: one of another installation, or of a NERVE that signed none
   * yet. Whoever wrote it decides what comes back. Default false.
   */
  trustUnsigned?: boolean | undefined;
}

export const trustFields = { ...keyFields, trustUnsigned: z.boolean().default(false) };

const purpose = "backup manifest";

export function signManifest(ring: KeyRing, text: string): string {
  return ring.sign(text, purpose);
}

export function isSignedBy(ring: KeyRing, text: string, signature: string): boolean {
  return ring.verify(text, signature, purpose);
}

/**
 * Finds the keys of an installation, and makes none for a database that is not open.
 * @returns null where there are none
 * @throws {DatabaseError} KEY_FILE_UNUSABLE
 */
export async function findKeyRing(
  place: DatabasePlace | undefined,
  { keys, keyFile }: InstallationKeys = {},
): Promise<KeyRing | null> {
  if (keys !== undefined) return createKeyRing(keys);
  if (place instanceof Database && keyFile === undefined) return ringOfOpen(place);
  const file = keyFile ?? (typeof place === "string" ? filesOf(place).keys : undefined);
  const found = file === undefined ? null : await loadKeyFile(file);
  return found === null ? null : createKeyRing(found);
}

/** A database whose keys are lost is backed up all the same, and restored for whoever says so. */
async function ringOfOpen(db: Database): Promise<KeyRing | null> {
  try {
    return await db.secrets();
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== "KEY_FILE_UNUSABLE") return null;
    throw error;
  }
}
