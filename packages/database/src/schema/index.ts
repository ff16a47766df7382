/** The kit that tables are written in, and NERVE's tables. */
export { type ApplicationTableOptions, table } from "./application-table.ts";
export * from "./kit/index.ts";
export type { NamesOf, SchemaWith } from "./registry.ts";
export { type KnownTable, type RowOf, type Schema, type TableName, tables } from "./tables.ts";
export * from "./bait.ts";
export * from "./compliance.ts";
export * from "./core.ts";
export * from "./files.ts";
export * from "./ghost.ts";
export * from "./osint.ts";
export * from "./roadmap.ts";
export * from "./security.ts";
export * from "./surface/scans.ts";
export * from "./surface/assets.ts";
export * from "./surface/findings.ts";
export * from "./surface/finding-history.ts";
export * from "./surface/triage.ts";
export * from "./surface/feeds.ts";
export {
  type ChangeSetCause,
  type FindingChangeKind,
  type FindingStatus,
  findingStatuses,
} from "./surface/finding-words.ts";
