import { createCompany } from "../../../src/identity/index.ts";
import type { Database } from "../../../src/database/handle.ts";
import { type ReportToImport, type ImportReceipt, importReport } from "../../../src/surface/index.ts";

/** A report that is in memory. */
export function reportOf(text: string | Uint8Array, name = "report"): ReportToImport["source"] {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return {
    name,
    size: bytes.length,
    async *open() {
      yield bytes;
    },
  };
}

/** A finding as NERVE's own JSON lines have it. */
export interface Line {
  readonly rule: string;
  readonly asset?: string;
  readonly severity?: string;
  readonly context?: readonly string[];
  readonly at?: readonly string[];
  readonly state?: string;
  readonly ids?: readonly string[];
  readonly title?: string;
  /** The tool's own name of it. */
  readonly id?: string;
}

/** Writes findings as JSON lines. */
export function linesOf(lines: readonly Line[]): string {
  return lines
    .map(({ rule, asset = "https://www.example.org", severity = "medium", context = [], at = ["/"], ...more }) => ({
      kind: "finding",
      rule,
      asset,
      severity,
      context,
      locations: at.map((path) => ({ url: `https://www.example.org${path}` })),
      ...more,
    }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

let companies = 0;

/** Makes a company to import into. */
export async function makeCompany(db: Database): Promise<number> {
  companies += 1;
  return (await createCompany(db, { name: "Reports", primaryDomain: `reports-${companies}.example` })).id;
}

/** Imports findings that speak for all that their series ever saw. */
export function importLines(
  db: Database,
  companyId: number,
  lines: readonly Line[],
  more: Partial<ReportToImport> = {},
): Promise<ImportReceipt> {
  const options = { companyId, format: "nerve", complete: true, ...more };
  return importReport(db, { ...options, source: reportOf(linesOf(lines)) });
}
