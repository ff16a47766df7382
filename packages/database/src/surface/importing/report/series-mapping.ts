import type { Handle, Transaction } from "../../../database/handle.ts";
import { fetchFirst } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { scanSeries } from "../../../schema/surface/assets.ts";
import type { Options } from "./report-to-import.ts";

/** The format whose columns have no meaning of their own, and the family of tools that its reports are of. */
const tables = { format: "csv", source: "csv" };

/** Adds to what is said of a table which column holds what, where that was said of its series before. */
export async function withSeriesMapping(db: Handle, options: Options): Promise<Options> {
  const { companyId, format, mapping, series = "" } = options;
  if (format !== tables.format || mapping !== undefined) return options;
  const query = db.sql
    .selectFrom("scan_series")
    .select("mapping")
    .where("company_id", "=", companyId)
    .where("source", "=", tables.source)
    .where("name", "=", series);
  return { ...options, mapping: (await fetchFirst(db, query))?.mapping ?? undefined };
}

/** Keeps which column holds what, so that the next report of the series need not say it again. */
export async function keepSeriesMapping(
  tx: Transaction,
  seriesId: number,
  { format, mapping }: Pick<Options, "format" | "mapping">,
): Promise<void> {
  if (format === tables.format && mapping !== undefined) await changeRow(tx, scanSeries, seriesId, { mapping });
}
