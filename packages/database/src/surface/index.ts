export { confirmClosures } from "./importing/confirm-closures.ts";
export { importReport } from "./importing/import-report.ts";
export type { ReportToImport } from "./importing/report-to-import.ts";
export type { ImportReceipt } from "./importing/receipt.ts";
export { ReportError } from "./importing/report-errors.ts";
export { undoImport } from "./importing/undo-import.ts";
export * from "./assets/index.ts";
export * from "./findings/index.ts";
export * from "./imports/index.ts";
