import type { EngineName } from "../../engines/port/engine.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { partOf, partPath } from "./parts/parts.ts";

/** What is known of a backup without reading it. */
export interface BackupInfo {
  /** The file of the database; its manifest, and the archive of uploaded files, lie beside it. */
  backupPath: string;
  /** Of the file at `backupPath`. */
  sizeBytes: number;
  /** Of the file at `backupPath`, in hexadecimal. */
  sha256: string;
  /** Whether it was restored to a scratch database and compared. */
  verified: boolean;
  /** The moment whose state it holds. */
  createdAt: Date;
  durationMs: number;
  /** Longest wait of a reader or writer while the database was copied, in milliseconds, as measured every 20 ms. */
  longestWaitMs: number;
  engine: EngineName;
  engineVersion: string;
  /** PostgreSQL: the schema that the tables were in, as far as the backup tells; null on SQLite. */
  schema: string | null;
  schemaVersion: string | null;
  /** Rows of each table. */
  rowCounts: Record<string, number>;
  /** What the database held that is not NERVE's, and that is not in the backup: extensions, foreign tables, views and so on. */
  leftOut: { kind: string; name: string }[];
  /** The archive of uploaded files; null when the backup has none. */
  uploads: { path: string; sizeBytes: number; sha256: string; files: number } | null;
  compression: "none" | "gzip" | "zstd";
  encrypted: boolean;
  /** Whether its manifest is signed: by a key of this installation, where the keys were given to check that. */
  signed: boolean;
  /** `pre-restore`: a restore made it, of what it replaced. */
  reason: "requested" | "pre-restore";
}

/** @param path any file of the backup */
export function describeBackup(path: string, manifest: Manifest, signed: boolean): BackupInfo {
  const database = partOf(manifest, "database");
  const uploads = partOf(manifest, "uploads");
  return {
    backupPath: database === undefined ? path : partPath(path, database),
    sizeBytes: database?.sizeBytes ?? 0,
    sha256: database?.sha256 ?? "",
    verified: manifest.verified,
    createdAt: new Date(manifest.createdAt),
    durationMs: manifest.durationMs,
    longestWaitMs: manifest.longestWaitMs,
    engine: manifest.engine,
    engineVersion: manifest.engineVersion,
    schema: manifest.schema ?? null,
    schemaVersion: manifest.schemaVersion,
    rowCounts: { ...manifest.rowCounts },
    leftOut: (manifest.leftOut ?? []).map((object) => ({ ...object })),
    uploads:
      uploads === undefined
        ? null
        : {
            path: partPath(path, uploads),
            sizeBytes: uploads.sizeBytes,
            sha256: uploads.sha256,
            files: manifest.uploadedFiles ?? 0,
          },
    compression: manifest.compression,
    encrypted: manifest.encryption !== null,
    signed,
    reason: manifest.reason,
  };
}
