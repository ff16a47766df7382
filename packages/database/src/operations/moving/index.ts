export { copyDatabase, type CopyOptions, type CopySummary } from "./copy/copy-database.ts";
export type { Place } from "./copy/places.ts";
export type { Extras } from "./extras.ts";
export { importLegacy, type ImportOptions, type ImportSummary } from "./legacy/import-legacy.ts";
export { type OnReject, openRejectsFile, type Reject, type RejectReason, type RejectsFile } from "./rejects.ts";
export type { MovingProgress, MovingSummary, OnProgress, TableSummary } from "./summary.ts";
