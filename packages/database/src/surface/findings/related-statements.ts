import { type Reaching, within } from "../../access/within.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll, shapedStatement, statement } from "../../database/statement.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import { beside, builder } from "./list/finding-conditions.ts";
import { selectRows } from "./list/list-statements.ts";
import type { Place } from "./same-place.ts";

/** Most findings of an asset that are looked at. */
export const mostNeighbours = 2000;

/** Most CVEs that are compared. */
const mostShared = 10_000;

/** Most places of a finding that are compared, and most that they are compared with. */
const mostPlaces = 500;
export const mostOtherPlaces = 5000;

/** The finding whose relatives are looked for. */
export interface Around extends Reaching {
  readonly findingId: number;
  readonly assetId: number;
}

/** The other findings of an asset within reach: open ones first, of these the greatest risk first. */
function selectNeighbours(p: Around, rows: number) {
  return builder()
    .selectFrom("findings")
    .select(["findings.id", "findings.rule_id", "findings.source"])
    .where("findings.asset_id", "=", p.assetId)
    .where(beside(builder()("findings.id", "<>", p.findingId)))
    .where(beside(within("findings", p)))
    .orderBy("findings.is_open", "desc")
    .orderBy("findings.risk", "desc")
    .orderBy("findings.id", "desc")
    .limit(rows);
}

/** One more than are looked at, to see whether there are more. */
export const neighbours = shapedStatement((sql, p: Around) =>
  sql
    .selectFrom(() => selectNeighbours(p, mostNeighbours + 1).as("near"))
    .select(["near.id", "near.rule_id", "near.source"]),
);

/** The CVEs that neighbours share with the finding. */
export const sharedCves = shapedStatement((sql, p: Around) =>
  sql
    .selectFrom(() => selectNeighbours(p, mostNeighbours).as("near"))
    .innerJoin("finding_cves as theirs", "theirs.finding_id", "near.id")
    .innerJoin("finding_cves as own", (join) =>
      join.onRef("own.cve", "=", "theirs.cve").on("own.finding_id", "=", p.findingId),
    )
    .select(["theirs.finding_id", "theirs.cve"])
    .limit(mostShared),
);

const placeColumns = ["url", "parameter", "file_path", "start_line", "end_line", "component"] as const;

/** The places that a finding has, or had. */
export const placesOf = statement((sql, { findingId }: Pick<Around, "findingId">) =>
  sql
    .selectFrom("finding_locations")
    .select([...placeColumns])
    .where("finding_locations.finding_id", "=", findingId)
    .limit(mostPlaces),
);

/** Finds the places of several findings; 5,000 of them. */
export function findPlaces(db: Handle, ids: readonly number[]): Promise<(Place & { readonly findingId: number })[]> {
  const query = db.sql
    .selectFrom("finding_locations")
    .select(["finding_id", ...placeColumns])
    .where("finding_locations.finding_id", "in", [...ids])
    .limit(mostOtherPlaces);
  return fetchAll(db, query);
}

/** Finds which weaknesses rules are about. */
export async function findWeaknesses(db: Handle, ruleIds: Iterable<number>): Promise<Map<number, readonly string[]>> {
  const found = new Map<number, readonly string[]>();
  for (const some of inKeyLists(ruleIds)) {
    const query = db.sql.selectFrom("finding_rules").select(["id", "cwes"]).where("finding_rules.id", "in", some);
    for (const { id, cwes } of await fetchAll(db, query)) found.set(id, cwes ?? []);
  }
  return found;
}

/** Finds findings as lists have them. */
export async function findListed(db: Handle, ids: readonly number[]) {
  if (ids.length === 0) return [];
  return fetchAll(db, selectRows(db.sql.selectFrom("findings")).where("findings.id", "in", [...ids]));
}
