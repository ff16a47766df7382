import { basename } from "node:path";
import type { BackupInfo } from "@nerve/database";
import { z } from "zod";

/** The name of a backup's file, as the list has it: never a path. */
const backupName = () =>
  z
    .string()
    .max(200)
    .regex(/^nerve_backup_[\w.]+$/)
    .meta({ description: "The `name` of a backup, as the list has it." });

const rowCounts = z.record(z.string(), z.int());

export const backupSchema = z
  .object({
    name: z.string(),
    sizeBytes: z.int(),
    sha256: z.string(),
    verified: z.boolean(),
    createdAt: z.date(),
    durationMs: z.number(),
    engine: z.enum(["sqlite", "postgres"]),
    engineVersion: z.string(),
    schema: z.string().nullable().meta({ description: "PostgreSQL: the schema that the tables were in." }),
    schemaVersion: z.string().nullable(),
    rowCounts,
    leftOut: z.array(z.object({ kind: z.string(), name: z.string() })).meta({
      description: "What the database held that is not NERVE's, such as extensions, and the backup does not hold.",
    }),
    compression: z.enum(["none", "gzip", "zstd"]),
    encrypted: z.boolean(),
    signed: z.boolean().meta({ description: "Whether a key of this installation signed it." }),
    reason: z.enum(["requested", "pre-restore"]),
  })
  .meta({ id: "Backup", description: "A backup in the server's folder, as its manifest describes it." });

/** A backup as it leaves the server: where it lies is nobody's business. */
export function toBackup({ backupPath, ...info }: BackupInfo): z.infer<typeof backupSchema> {
  return { name: basename(backupPath), ...info };
}

export const createBackupFields = {
  compress: z
    .enum(["none", "gzip", "zstd"])
    .optional()
    .meta({ description: "Default: as the server is set to (NERVE_BACKUP_COMPRESSION)." }),
  verify: z.boolean().default(true),
};
const trustUnsigned = () =>
  z.boolean().default(false).meta({
    description: "Takes a backup that no key of this installation signed: whoever wrote it decides what comes back.",
  });

/** Which backup, and whether it has to be signed. */
export const backupFields = { name: backupName(), trustUnsigned: trustUnsigned() };
export const restoreFields = {
  ...backupFields,
  asItWas: z.boolean().default(false).meta({
    description:
      "Brings back also what was ended since the backup (sessions, links, revoked keys, suspended accounts, former passwords), and leaves newer rows of the audit log and security events behind.",
  }),
  confirm: z.literal(true).meta({ description: "What the database holds is replaced." }),
};

const count = z.int();

/** What had been open in the backup. */
const endedSchema = z.object({ sessions: count, links: count });

/** In numbers of accounts, companies, keys and rows. */
const carriedOverSchema = z.object({
  usersDeleted: count,
  usersSuspended: count,
  rolesLowered: count,
  passwords: count,
  secondFactors: count,
  companiesDeleted: count,
  twoFactorDemands: count,
  apiKeysRevoked: count,
  auditRows: count,
  securityEvents: count,
});

export const restoredSchema = z
  .object({
    preRestoreBackup: z.string().nullable(),
    ended: endedSchema.nullable().meta({ description: "What had been open and is ended now; null with `asItWas`." }),
    carriedOver: carriedOverSchema.nullable().meta({
      description: "What lives on of the state before; null with `asItWas`, and where that state could not be read.",
    }),
    superAdministrators: z.int().meta({ description: "Super administrators who may act in the restored state." }),
    schemaVersion: z.string().nullable(),
    migrationsApplied: z.array(z.string()),
    rowCounts,
    durationMs: z.number(),
  })
  .meta({ id: "Restored", description: "What a restore did; `preRestoreBackup` holds the state before it." });

export const optimizeFields = {
  vacuum: z.boolean().optional(),
  analyze: z.boolean().optional(),
  reindex: z.boolean().optional(),
};
export const optimizedSchema = z
  .object({
    steps: z.array(z.object({ step: z.enum(["reindex", "vacuum", "analyze"]), durationMs: z.number() })),
    sizeBeforeBytes: z.int(),
    sizeAfterBytes: z.int(),
    walAfterBytes: z.int().nullable(),
  })
  .meta({ id: "Optimized", description: "What was done, and the size before and after." });

const migration = z.object({ version: z.string(), description: z.string().nullable() });
export const migrationsSchema = z
  .object({
    schemaVersion: z.string().nullable(),
    applied: z.array(migration.extend({ appliedAt: z.date() })),
    pending: z.array(migration),
  })
  .meta({ id: "Migrations", description: "The version of the schema, and how it came to it." });

const times = { averageMs: z.number(), p50Ms: z.number(), p95Ms: z.number(), maxMs: z.number() };
export const performanceSchema = z
  .object({
    totalQueries: z.int(),
    ...times,
    slowQueries: z.int(),
    failedQueries: z.int(),
    slowest: z.array(
      z.object({
        query: z.string(),
        count: z.int(),
        failed: z.int(),
        rows: z.int(),
        ...times,
        plan: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Performance", description: "How long this process's queries took since it began; no values." });
