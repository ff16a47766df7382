import type { LeftOut } from "../../engines/port/backup.ts";
import type { OutdatedCollation, StorageState } from "../../engines/port/upkeep.ts";
import { formatBytes } from "../../files/format-bytes.ts";
import type { PerformanceStats } from "../performance/performance-stats.ts";
import type { MaintenanceJobStatus } from "../../schedule/get-maintenance-status.ts";
import { describeClockGap, describeTimesAhead, type TimeAhead } from "./check-clock.ts";
import type { ExposedFile } from "./check-files.ts";
import type { Misconfiguration } from "./misconfigurations.ts";
import type { MailState } from "../../mails/mail-state.ts";
import type { NearQuota } from "../../quotas/near-quotas.ts";
import { warningsOfMails } from "./mail-alerts.ts";
import { warningsOfQuotas } from "./quota-alerts.ts";
import type { ForeignKeyCheck } from "./check-foreign-keys.ts";
import type { ConnectionCheck } from "./check-connection.ts";
import { describeUnreadable, type SecretCheck } from "./check-secrets.ts";
import type { TableCheck } from "./check-tables.ts";
import type { DatabaseStats } from "./database-stats.ts";

/** Something that the operator should know. */
export interface HealthAlert {
  /** A critical one means that the database is not healthy; a warning that it may not stay so. */
  readonly level: "warning" | "critical";
  readonly code:
    | "MAINTENANCE"
    | "CONFIGURATION"
    | "MAIL"
    | "QUOTA"
    | "CONNECTION"
    | "MIGRATIONS"
    | "SECRETS"
    | "KEYS"
    | "FILE_MODE"
    | "CLOCK"
    | "LATENCY"
    | "SIZE"
    | "WAL_LARGE"
    | "SLOW_QUERIES"
    | "INTEGRITY"
    | "FOREIGN_KEYS"
    | "STORAGE_FULL"
    | "STORAGE_LOW"
    | "COLLATION";
  readonly message: string;
}

/** From where on a figure is worth an alert. */
export interface HealthLimits {
  /** Of one small read, in milliseconds. */
  readonly latencyMs: number;
  /** Of the database, in bytes. */
  readonly sizeBytes: number;
  /** Of the write-ahead log, in bytes. It starts over at a quarter of the default, unless somebody reads on. */
  readonly walBytes: number;
  /** Statements slower than a second. */
  readonly slowQueries: number;
  /** Least free space on the disk, in bytes. */
  readonly freeBytes: number;
}

export const defaultHealthLimits: HealthLimits = {
  latencyMs: 100,
  sizeBytes: 2 ** 30,
  walBytes: 256 * 2 ** 20,
  slowQueries: 10,
  freeBytes: 100 * 2 ** 20,
};

/** What the alerts are derived from. */
export interface HealthFindings {
  readonly connection: ConnectionCheck;
  readonly tables: TableCheck;
  readonly foreignKeys: ForeignKeyCheck;
  /** Null where the database could not be measured. */
  readonly stats: DatabaseStats | null;
  readonly storage: StorageState | null;
  /** Why the schema is not the one that this code knows, such as migrations that are pending; null where it is. */
  readonly schemaGap: string | null;
  /** Whether the keys open what is stored; null where that could not be tried. */
  readonly secrets: SecretCheck | null;
  /** Files and folders of the database that other accounts of the machine may use. */
  readonly exposed: readonly ExposedFile[];
  /** Stored times that lie ahead of the clock. */
  readonly timesAhead: readonly TimeAhead[];
  /** How far the clock is ahead of the database server's, in milliseconds; null where there is one clock only. */
  readonly clockGapMs: number | null;
  readonly performance: PerformanceStats;
  /** The jobs of the upkeep; null where they could not be read. */
  readonly maintenance: readonly MaintenanceJobStatus[] | null;
  /** Whether the daily backup is tried before it counts, as whoever asked is set. */
  readonly verifiesBackups: boolean;
  /** What is in the database that is not NERVE's, and that no backup holds; null where that could not be read. */
  readonly leftOut: readonly LeftOut[] | null;
  /** What text is sorted by in indexes and has changed since they were made; null where that could not be read. */
  readonly outdatedCollations: readonly OutdatedCollation[] | null;
  /** What servers found wrong with how they are set up; null where it could not be read. */
  readonly misconfigurations: readonly Misconfiguration[] | null;
  /** How the sending of mails stands; null where it could not be read. */
  readonly mails: MailState | null;
  /** Who stores nearly as much as they may; null where that could not be read. */
  readonly nearQuotas: readonly NearQuota[] | null;
}

/** Derives the alerts from the findings; without a connection that is the only one. */
export function alertsFor(findings: HealthFindings, limits: HealthLimits): HealthAlert[] {
  const { connection, tables, foreignKeys, storage } = findings;
  if (!connection.healthy) {
    return [{ level: "critical", code: "CONNECTION", message: connection.error?.message ?? "The database is silent." }];
  }
  const alerts: (HealthAlert | undefined)[] = [
    ...obstaclesFor(findings),
    tables.healthy
      ? undefined
      : {
          level: "critical",
          code: "INTEGRITY",
          message: `The check of the tables found ${tables.errors.length} faults.`,
        },
    foreignKeys.healthy
      ? undefined
      : { level: "critical", code: "FOREIGN_KEYS", message: foreignKeyMessage(foreignKeys) },
    storageAlert(storage, limits),
    ...warningsFor(findings, limits),
    ...warningsOfMails(findings.mails),
    ...warningsOfQuotas(findings.nearQuotas),
  ];
  return alerts.filter((alert) => alert !== undefined);
}

/** What keeps this code, or its users, from what is stored. */
function obstaclesFor({ schemaGap, secrets }: HealthFindings): HealthAlert[] {
  const messages = secrets === null ? [] : describeUnreadable(secrets);
  return [
    ...(schemaGap === null ? [] : [{ level: "critical", code: "MIGRATIONS", message: schemaGap } as const]),
    ...messages.map((message) => ({ level: "critical", code: "SECRETS", message: `${message}.` }) as const),
  ];
}

function foreignKeyMessage({ total, errors }: ForeignKeyCheck): string {
  return errors[0] ?? `${total} rows refer to rows that do not exist.`;
}

function storageAlert(storage: StorageState | null, limits: HealthLimits): HealthAlert | undefined {
  if (storage?.writable === false) {
    return { level: "critical", code: "STORAGE_FULL", message: "The database's disk takes no more." };
  }
  const freeBytes = storage?.freeBytes ?? Infinity;
  if (freeBytes >= limits.freeBytes) return undefined;
  return { level: "warning", code: "STORAGE_LOW", message: `The database's disk has ${freeBytes} bytes left.` };
}

type Warn = (code: HealthAlert["code"], message: string) => void;

function warnOfLog(stats: DatabaseStats | null, limits: HealthLimits, warn: Warn): void {
  const walBytes = stats?.walBytes ?? 0;
  if (walBytes <= limits.walBytes) return;
  warn(
    "WAL_LARGE",
    `The write-ahead log has ${formatBytes(walBytes)}: it starts over only when nobody reads what was before it, and something has been ` +
      "reading or writing for long, such as a shell or a copying program that was forgotten. End it (`fuser -v` with the database " +
      "file names the processes), then `nerve optimize`.",
  );
}

function warnOfKeys({ secrets }: Pick<HealthFindings, "secrets">, warn: Warn): void {
  if (secrets === null || secrets.outdated === 0) return;
  warn("KEYS", `${secrets.outdated} values are under an older key, or bound to no row: \`nerve keys rotate\`.`);
}

type Configuration = Pick<HealthFindings, "verifiesBackups" | "misconfigurations">;

function warnOfConfiguration({ verifiesBackups, misconfigurations }: Configuration, warn: Warn): void {
  if (!verifiesBackups) {
    warn(
      "CONFIGURATION",
      "The daily backup is not verified (NERVE_BACKUP_VERIFY_DAILY=false): whether it can be restored shows at the restore only. " +
        "Turn that on, or try backups with `nerve backup verify` where a scratch database can be made.",
    );
  }
  for (const { id, description } of misconfigurations ?? []) {
    warn("CONFIGURATION", `${description} Once it is mended: \`nerve event acknowledge ${id}\`.`);
  }
}

function warningsFor(
  { connection, stats, performance, maintenance, exposed, ...findings }: HealthFindings,
  limits: HealthLimits,
): HealthAlert[] {
  const alerts: HealthAlert[] = [];
  const warn: Warn = (code, message) => alerts.push({ level: "warning", code, message });
  if (connection.latencyMs > limits.latencyMs) warn("LATENCY", `A small read took ${connection.latencyMs} ms.`);
  if (stats !== null && stats.sizeBytes > limits.sizeBytes) warn("SIZE", `The database has ${stats.sizeMb} MB.`);
  warnOfLog(stats, limits, warn);
  if (performance.slowQueries > limits.slowQueries) {
    warn("SLOW_QUERIES", `${performance.slowQueries} queries took longer than a second.`);
  }
  if (findings.timesAhead.length > 0) warn("CLOCK", describeTimesAhead(findings.timesAhead));
  const gap = describeClockGap(findings.clockGapMs);
  if (gap !== undefined) warn("CLOCK", gap);
  for (const collation of findings.outdatedCollations ?? []) warn("COLLATION", describeOutdated(collation));
  warnOfKeys(findings, warn);
  for (const { what, mode } of exposed) {
    warn("FILE_MODE", `${what} is open to other accounts of this machine (mode ${mode}): \`chmod go=\` closes it.`);
  }
  const failed = maintenance?.filter(({ lastOutcome }) => lastOutcome === "failed").map(({ name }) => name) ?? [];
  if (failed.length > 0) warn("MAINTENANCE", `Jobs of the upkeep failed when they last ran: ${failed.join(", ")}.`);
  warnOfConfiguration(findings, warn);
  return alerts;
}

function describeOutdated({ name, recorded, actual, remedy }: OutdatedCollation): string {
  return (
    `Text is sorted by other rules than when the indexes were made (${name}: ${recorded} then, ${actual} now), so look-ups may miss ` +
    `rows and unique values may come twice. When it is quiet: ${remedy.map((statement) => `${statement};`).join(" ")}`
  );
}
