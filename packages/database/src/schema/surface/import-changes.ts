import type { JsonValue } from "../kit/index.ts";
import { companyOfParent, id, integer, json, oneOf, reference, table } from "../kit/index.ts";
import { byReports, scanImports } from "./assets.ts";

/** The tables whose rows an import changes; which it made can be told from the rows of some, and is written down for the others. */
export const journaledTables = [
  "assets",
  "asset_names",
  "asset_coverage",
  "asset_checks",
  "finding_rules",
  "findings",
  "finding_locations",
] as const;
export type JournaledTable = (typeof journaledTables)[number];

export const importChanges = table(
  "import_changes",
  {
    module: "surface",
    description: "What a row was before an import changed it, so that the import can be taken back.",
    inOriginal: false,
    bound: byReports,
    indexes: [{ columns: ["import_id", "id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    importId: reference(scanImports, { onDelete: "cascade" }).notNull(),
    tableName: oneOf(journaledTables).notNull(),
    rowId: integer().notNull(),
    /** The old values of the columns that changed; null where the import made the row. */
    before: json<JsonValue>(),
  },
);
