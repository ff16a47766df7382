import { hkdfSync, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { BackupError } from "../../../errors/index.ts";
import type { Manifest } from "./manifest.ts";

/** OWASP's first choice for scrypt; 128 MB and about half a second. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const saltBytes = 16;
const keyBytes = 32;

/** The keys of one backup, each for one purpose. */
export interface BackupKeys {
  readonly salt: Uint8Array;
  readonly manifest: Uint8Array;
  readonly part: (role: "database" | "uploads") => Uint8Array;
  /** Tells the right key from a wrong one, and nothing else about it. */
  readonly keyCheck: Uint8Array;
}

function stretch(secret: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize("NFC"), salt, keyBytes, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

async function derive(secret: string, salt: Uint8Array): Promise<BackupKeys> {
  const master = await stretch(secret, salt);
  const purpose = (name: string) =>
    new Uint8Array(hkdfSync("sha256", master, salt, `nerve backup 1 ${name}`, keyBytes));
  return {
    salt,
    manifest: purpose("manifest"),
    part: (role) => purpose(`part ${role}`),
    keyCheck: purpose("key check"),
  };
}

/** Derives the keys of a new backup from the secret that the operator keeps. */
export function newBackupKeys(secret: string): Promise<BackupKeys> {
  return derive(secret, randomBytes(saltBytes));
}

/**
 * Derives the keys of a backup that exists.
 * @returns null for one that is not encrypted
 * @throws {BackupError} SECRET_UNREADABLE when the key is missing or wrong
 * @throws {BackupError} BACKUP_INVALID when a key is given and the backup is not encrypted: somebody may have swapped it
 */
export async function backupKeysOf({ encryption }: Manifest, secret: string | undefined): Promise<BackupKeys | null> {
  if (encryption === null) {
    if (secret === undefined) return null;
    throw new BackupError("BACKUP_INVALID", {
      message: "A key is given, but the backup is not encrypted: it may not be the one that you made.",
      help: "Choose an encrypted one; or, if you know that this is yours, leave the key out (NERVE_BACKUP_KEY).",
    });
  }
  if (secret === undefined) {
    throw new BackupError("SECRET_UNREADABLE", { message: "The backup is encrypted: give its key." });
  }
  const keys = await derive(secret, Buffer.from(encryption.salt, "base64url"));
  const check = Buffer.from(encryption.keyCheck, "base64url");
  if (check.length !== keyBytes || !timingSafeEqual(check, keys.keyCheck)) {
    throw new BackupError("SECRET_UNREADABLE", { message: "The key is not the one that the backup was made with." });
  }
  return keys;
}
