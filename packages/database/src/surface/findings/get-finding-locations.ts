import { z } from "zod";
import { columnsOf } from "../../database/columns.ts";
import { pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf } from "../../rows/index.ts";
import { rowWith } from "../../rows/row-with.ts";
import { findingLocations } from "../../schema/surface/findings.ts";
import { listOfFindingFields, type OfFinding, pageOfFinding } from "./list-of-finding.ts";

const findingLocation = rowWith(findingLocations, "FindingLocation", {
  seriesName: z.string().nullable().meta({ description: "Of the series that sees it; null where that is gone." }),
});
export type FindingLocation = z.output<typeof findingLocation>;

/** The order of the index that keeps each place once. */
const order = pageOrder("finding_locations", ["series_id", "locator_key"], "asc");

const list = shapedStatement((sql, p: OfFinding & PageParameters) =>
  order.apply(
    sql
      .selectFrom("finding_locations")
      .select(columnsOf("finding_locations").map((column) => `finding_locations.${column}` as const))
      .select((eb) =>
        eb
          .selectFrom("scan_series")
          .select("scan_series.name")
          .whereRef("scan_series.id", "=", "finding_locations.series_id")
          .as("series_name"),
      )
      .where("finding_locations.finding_id", "=", p.findingId),
    p,
  ),
);

/**
 * Lists the places of a finding, those of one series together, also those that are gone (`present`).
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items: findings } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of findings) await getFindingLocations(db, { id });
 */
export const getFindingLocations = reading({
  summary: "List the places of a finding",
  permission: "finding:read",
  input: listOfFindingFields,
  output: pageOf(findingLocation),
  mayLag: true,
  run: (db, wanted, caller) => pageOfFinding(db, { order, list }, wanted, caller),
});
