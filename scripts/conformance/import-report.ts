import { type Database, importReport, ReportError, type ReportToImport } from "@nerve/database";
import type { Expectation } from "./oracle.ts";

/** Imports a report: its receipt, or how it was refused. */
export async function importOrRefusal(db: Database, report: ReportToImport): Promise<Expectation> {
  try {
    return { ...(await importReport(db, report)) };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { outcome: "refused", code: error.code };
  }
}
