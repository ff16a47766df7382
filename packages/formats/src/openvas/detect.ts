import type { Head } from "../head/head.ts";

const roots = new Set(["report", "get_reports_response", "get_results_response"]);

/** A report of GMP, alone or in its answer, or the columns of the CSV. */
export function detectOpenvas({ root, rootAttributes, columns, text }: Head): number {
  if (columns.includes("nvt oid") && columns.includes("nvt name")) return 0.95;
  if (!roots.has(root)) return 0;
  // Many tools have a root `report`.
  if (/<(?:gmp|omp|scan_run_status|report_format|nvt oid)\b/.test(text)) return 0.95;
  return rootAttributes.includes("format_id") ? 0.8 : 0;
}
