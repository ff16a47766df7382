export { type CleanedUpScans, cleanupOldScanHistory, type CleanUpOptions } from "./clean-up-scan-history.ts";
export { type CompaniesWithScansFilter, type CompanyWithScans, getCompaniesWithScans } from "./companies-with-scans.ts";
export { deleteLightboxScan, deleteXasmScan } from "./delete-scan.ts";
export type { NotFed } from "./feeding/feed-scan.ts";
export {
  getLightboxScanById,
  getXasmScanById,
  type LightboxScanWithResults,
  type XasmScanWithResults,
} from "./find-scan.ts";
export type { LightboxSummary } from "./lightbox-summary.ts";
export { type SavedScan, saveLightboxScan, saveXasmScan, type ScanToSave } from "./save-scan.ts";
export { getLightboxScanHistory, getXasmScanHistory, type LightboxScan, type XasmScan } from "./scan-history.ts";
export {
  cleanupExpiredAiScans,
  type KeptResults,
  loadLightboxForAi,
  loadXasmForAi,
  type ResultsToSave,
  type ResultsWanted,
  type SavedResults,
  saveLightboxForAi,
  saveXasmForAi,
} from "./short-lived-scans.ts";
export type { XasmSummary } from "./xasm-summary.ts";
