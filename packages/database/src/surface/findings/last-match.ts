import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { VisibleRow } from "../../schema/kit/index.ts";
import type { findings } from "../../schema/surface/findings.ts";

/** Most places that are looked at, and most changes of an import. */
const mostPlaces = 2000;
const mostChanges = 10_000;

/** By what an import knew a finding; `new` where it made it. */
export const waysToMatch = ["new", "tool key", "context", "position"] as const;

/** The last import that saw a finding. */
export interface LastMatch {
  readonly importId: number;
  readonly seriesId: number;
  readonly at: Date;
  /** What the report was of; null where the import is no more. */
  readonly format: string | null;
  readonly by: (typeof waysToMatch)[number];
}

type Finding = VisibleRow<typeof findings>;

const lastSight = statement((sql, { findingId }: { findingId: number }) =>
  sql
    .selectFrom((eb) =>
      eb
        .selectFrom("finding_locations")
        .select(["series_id", "last_import_id", "last_seen_at"])
        .where("finding_locations.finding_id", "=", findingId)
        .limit(mostPlaces)
        .as("places"),
    )
    .select(["places.series_id", "places.last_import_id", "places.last_seen_at"])
    .orderBy("places.last_import_id", "desc")
    .limit(1),
);

const importById = statement((sql, { id }: { id: number }) =>
  sql.selectFrom("scan_imports").select(["format", "started_at"]).where("scan_imports.id", "=", id),
);

/** What an import made of a finding, among its first changes. */
const changesBy = statement((sql, { importId, findingId }: { importId: number; findingId: number }) =>
  sql
    .selectFrom((eb) =>
      eb
        .selectFrom("import_changes")
        .select(["table_name", "row_id", "before"])
        .where("import_changes.import_id", "=", importId)
        .orderBy("import_changes.id")
        .limit(mostChanges)
        .as("changes"),
    )
    .select("changes.before")
    .where("changes.table_name", "=", "findings")
    .where("changes.row_id", "=", findingId),
);

/** Counts the findings that are alike in asset, rule and context, up to two. */
const alike = statement((sql, { assetId, ruleId, contextKey }: Pick<Finding, "assetId" | "ruleId" | "contextKey">) =>
  sql
    .selectFrom("findings")
    .select("findings.id")
    .where("findings.asset_id", "=", assetId)
    .where("findings.rule_id", "=", ruleId)
    .where("findings.context_key", "=", contextKey)
    .limit(2),
);

/** Tells whether there are others of the same asset, rule and context. */
export async function hasEquals(db: Handle, finding: Finding): Promise<boolean> {
  return (await alike.all(db, finding)).length > 1;
}

/**
 * Finds the last import that saw a finding, and by what it knew it. An import that changed a name of the finding knew it by the other
 * one; where nothing changed, the tool's own name comes first.
 *
 * @returns null where no import saw it
 */
export async function findLastMatch(db: Handle, finding: Finding): Promise<LastMatch | null> {
  const sight = await lastSight.first(db, { findingId: finding.id });
  if (sight === null) return null;
  const { seriesId, lastImportId: importId, lastSeenAt: at } = sight;
  const known = await importById.first(db, { id: importId });
  const match = { importId, seriesId, at, format: known?.format ?? null };
  if (finding.firstImportId === importId) return { ...match, by: "new" };
  const isChanged = known !== null && finding.updatedAt >= known.startedAt;
  const names = isChanged ? await changedNames(db, importId, finding.id) : new Set<string>();
  if (names.has("contextKey")) return { ...match, by: "tool key" };
  if (finding.toolKey !== null && !names.has("toolKey")) return { ...match, by: "tool key" };
  return { ...match, by: (await hasEquals(db, finding)) ? "position" : "context" };
}

/** The columns of a finding that an import changed. */
async function changedNames(db: Handle, importId: number, findingId: number): Promise<ReadonlySet<string>> {
  const changes = await changesBy.all(db, { importId, findingId });
  return new Set(changes.flatMap(({ before }) => Object.keys((before ?? {}) as object)));
}
