import * as assets from "./surface/assets.ts";
import * as bait from "./bait.ts";
import * as compliance from "./compliance.ts";
import * as core from "./core.ts";
import * as feeds from "./surface/feeds.ts";
import * as files from "./files.ts";
import * as findingHistory from "./surface/finding-history.ts";
import * as findings from "./surface/findings.ts";
import * as ghost from "./ghost.ts";
import * as importChanges from "./surface/import-changes.ts";
import type { Renamed, Row, SqlTable, VisibleColumnName, VisibleRow } from "./kit/index.ts";
import * as mails from "./mails.ts";
import * as osint from "./osint.ts";
import * as roadmap from "./roadmap.ts";
import * as security from "./security.ts";
import * as system from "./system.ts";
import * as surface from "./surface/scans.ts";
import * as triage from "./surface/triage.ts";

/** The tables of the business, each after those it refers to. */
export const tables = [
  core.companies,
  core.users,
  core.passwordResetLinks,
  core.knownDevices,
  mails.queuedMails,
  core.sessions,
  core.auditLogs,
  core.passwordHistory,
  core.loginAttempts,
  security.apiKeys,
  security.securityEvents,
  ghost.ghostSearchQueries,
  ghost.monitoredEmails,
  ghost.monitoredEmailFindings,
  ghost.uploadedBreachFiles,
  ghost.breachFileResults,
  osint.profiles,
  osint.socialMedia,
  osint.breaches,
  osint.devices,
  osint.githubFindings,
  osint.pastebinFindings,
  osint.opsychSearchResults,
  surface.asmScans,
  surface.cachedAsmScans,
  surface.lightboxFindings,
  surface.lightboxScans,
  surface.xasmScanHistory,
  surface.lightboxScanHistory,
  surface.scanResultsXasm,
  surface.scanResultsLightbox,
  assets.scanSeries,
  assets.scanImports,
  assets.assets,
  assets.assetNames,
  assets.assetCoverage,
  findings.findingRules,
  findings.assetChecks,
  findings.riskAcceptances,
  findings.findings,
  findings.findingLocations,
  findings.findingCves,
  findings.findingEvidence,
  findingHistory.findingChangeSets,
  findingHistory.findingHistory,
  findingHistory.findingNotes,
  triage.surfaceTags,
  triage.surfaceTagLinks,
  triage.slaPolicies,
  triage.findingCounts,
  importChanges.importChanges,
  feeds.epssScores,
  feeds.kevEntries,
  feeds.feeds,
  feeds.digestKeys,
  compliance.complianceAssessments,
  compliance.complianceControls,
  compliance.complianceEvidence,
  compliance.vulnerabilityReports,
  roadmap.roadmapProfiles,
  roadmap.roadmapTasks,
  roadmap.roadmapUserTasks,
  roadmap.roadmapAchievements,
  roadmap.roadmapProgressHistory,
  roadmap.roadmapTaskLibraryMeta,
  bait.baitTokens,
  bait.baitAccesses,
  files.uploadedFiles,
  files.uploadedCredentials,
] as const;

/** Tables that keep the database itself in order. */
export const systemTables = [
  system.schemaMigrations,
  system.maintenanceJobs,
  system.rateLimits,
  system.quotaBounds,
] as const;

/** Tables that exist only for a while. */
const passingTables = [system.copyProgress] as const;

type Tables = typeof tables;
type AnyTable = Tables[number] | (typeof systemTables)[number] | (typeof passingTables)[number];

/** Any of `tables`. */
export type KnownTable = Tables[number];
export type TableName = KnownTable["name"];

/** The database as Kysely sees it. */
export type Schema = { [T in AnyTable as T["name"]]: SqlTable<T> };

/** SQL name → property name, for the columns that are named by hand. */
export type RenamedColumns = Renamed<Tables>;

/** The row of a table by the table's name in SQL. */
export type RowOf<Name extends TableName> = Row<Extract<KnownTable, { name: Name }>>;

/** The row of a table as it leaves the database: without digests, hashes, secrets and harvested credentials. */
export type VisibleRowOf<Name extends TableName> = VisibleRow<Extract<KnownTable, { name: Name }>>;

/** The SQL names of a table's columns that leave the database. */
export type VisibleColumnOf<Name extends keyof Schema> = VisibleColumnName<Extract<AnyTable, { name: Name }>>;

const byName: ReadonlyMap<string, AnyTable> = new Map(
  [...tables, ...systemTables, ...passingTables].map((table) => [table.name, table]),
);

/** Finds a table by its name in SQL. */
export function tableNamed(name: string): AnyTable | undefined {
  return byName.get(name);
}

/** SQL name → property name, for the columns that are named by hand. */
export const renamedColumns: ReadonlyMap<string, string> = new Map(
  tables.flatMap((table) =>
    table.columnList
      .filter(({ sqlName }) => sqlName !== undefined)
      .map(({ name, property }): [string, string] => [name, property]),
  ),
);
