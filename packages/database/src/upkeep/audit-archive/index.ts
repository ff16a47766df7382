export { archiveInFolder } from "./archive-folder.ts";
export type { ArchiveManifest } from "./manifest.ts";
export { type ArchiveVerdict, verifyAuditArchive } from "./verify-audit-archive.ts";
