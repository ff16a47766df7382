export { type ExportFormat, exportFindings, exportFormats, type FindingExport } from "./export-findings.ts";
