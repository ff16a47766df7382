import type { Head } from "../head/head.ts";

/** Rows of cells may mean anything: it is a candidate, never a yes. */
export function detectCsv({ kind, columns }: Head): number {
  return kind === "text" && columns.length > 2 ? 0.3 : 0;
}
