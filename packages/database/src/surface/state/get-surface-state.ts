import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { ImportStatus, Severity } from "../../schema/surface/assets.ts";
import type { FindingStatus } from "../../schema/surface/finding-words.ts";

/** What all companies' findings and imports come to. */
export interface SurfaceState {
  readonly findings: readonly {
    readonly severity: Severity;
    readonly status: FindingStatus;
    readonly findings: number;
  }[];
  readonly imports: readonly { readonly format: string; readonly status: ImportStatus; readonly imports: number }[];
  /** The newest report of each series that was taken in; of the 1,000 newest series. */
  readonly series: readonly {
    readonly companyId: number | null;
    readonly source: string;
    readonly name: string;
    readonly importedAt: Date;
  }[];
}

const mostSeries = 1000;

const countFindings = statement((query) =>
  query
    .selectFrom("finding_counts")
    // PostgreSQL sums integers to decimals.
    .select(({ fn }) => ["severity", "status", sql<number>`cast(${fn.sum("findings")} as bigint)`.as("findings")])
    .groupBy(["severity", "status"])
    .orderBy("severity")
    .orderBy("status"),
);

const countImports = statement((query) =>
  query
    .selectFrom("scan_imports")
    .select(({ fn }) => ["format", "status", fn.countAll<number>().as("imports")])
    .groupBy(["format", "status"])
    .orderBy("format")
    .orderBy("status"),
);

const findNewest = statement(
  (query) =>
    query
      .selectFrom("scan_imports")
      .innerJoin("scan_series", "scan_series.id", "scan_imports.series_id")
      .select(({ fn }) => [
        "scan_series.company_id",
        "scan_series.source",
        "scan_series.name",
        fn.max("scan_imports.started_at").as("imported_at"),
      ])
      .where("scan_imports.status", "in", ["done", "partial"])
      .groupBy(["scan_series.id", "scan_series.company_id", "scan_series.source", "scan_series.name"])
      .orderBy("imported_at", "desc")
      .limit(mostSeries),
  { imported_at: "datetime" },
);

/**
 * Tells how many findings there are, how many reports were taken in, and when the last one of each series was: for monitoring, over all
 * companies.
 *
 * @param db the database, or an open transaction
 * @returns findings by severity and status, imports by format and status, and the newest import of each of the 1,000 newest series
 * @example
 * const { findings } = await getSurfaceState(db);
 */
export async function getSurfaceState(db: Handle): Promise<SurfaceState> {
  return {
    findings: await countFindings.all(db, {}),
    imports: await countImports.all(db, {}),
    series: await findNewest.all(db, {}),
  };
}
