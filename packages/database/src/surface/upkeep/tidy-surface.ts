import { setImmediate as nextTurn } from "node:timers/promises";
import { before, day } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { mendCounts } from "./mend-counts.ts";

/** What tidying the surface did. */
export interface TidiedSurface {
  /** Counts that differed from what there is, and were mended. */
  readonly countsMended: number;
  readonly evidence: number;
  readonly locations: number;
  readonly changeSets: number;
}

/** Ids that one statement looks at, so that no other writer waits for long. */
const span = 5000;

type Tidied = "finding_evidence" | "finding_locations" | "finding_change_sets";

/**
 * Compares what is counted of findings with the findings, and deletes what tells of nothing any more: evidence of findings that have been
 * resolved for a year, locations that have been gone for a year, and change sets of a year ago, other than of imports, of which no finding is left.
 */
export async function tidySurface(db: Handle): Promise<TidiedSurface> {
  let countsMended = 0;
  for (const { id } of await fetchAll(db, db.sql.selectFrom("companies").select("id").orderBy("id"))) {
    countsMended += await transaction(db, (tx) => mendCounts(tx, id), { company: id });
  }
  const until = before(db.clock.now(), 365 * day);
  return {
    countsMended,
    evidence: await deleteOfResolved(db, until),
    locations: await deleteGone(db, until),
    changeSets: await deleteEmptySets(db, until),
  };
}

/** Goes through a table by its ids, and tells how many rows were deleted in all. */
async function bySpans(
  db: Handle,
  table: Tidied,
  deleteIn: (from: number, to: number) => Promise<number>,
): Promise<number> {
  const query = db.sql
    .selectFrom(table)
    .select((eb) => [
      eb.fn.min<number | null>(eb.ref("id")).as("first"),
      eb.fn.max<number | null>(eb.ref("id")).as("last"),
    ]);
  const ends = await fetchFirst(db, query);
  const last = ends?.last ?? -1;
  let deleted = 0;
  for (let from = ends?.first ?? 0; from <= last; from += span) {
    deleted += await deleteIn(from, from + span);
    await nextTurn();
  }
  return deleted;
}

function deleteOfResolved(db: Handle, until: Date): Promise<number> {
  return bySpans(db, "finding_evidence", (from, to) => {
    const query = db.sql
      .deleteFrom("finding_evidence")
      .where("id", ">=", from)
      .where("id", "<", to)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("findings")
            .select("findings.id")
            .whereRef("findings.id", "=", "finding_evidence.finding_id")
            .where("findings.resolved_at", "<", until),
        ),
      );
    return runQuery(db, query);
  });
}

function deleteGone(db: Handle, until: Date): Promise<number> {
  return bySpans(db, "finding_locations", (from, to) => {
    const query = db.sql
      .deleteFrom("finding_locations")
      .where("id", ">=", from)
      .where("id", "<", to)
      .where("present", "=", false)
      .where("last_seen_at", "<", until)
      // When a location went, the import tells.
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("scan_imports")
              .select("scan_imports.id")
              .whereRef("scan_imports.id", "=", "finding_locations.gone_import_id")
              .where("scan_imports.started_at", ">=", until),
          ),
        ),
      );
    return runQuery(db, query);
  });
}

function deleteEmptySets(db: Handle, until: Date): Promise<number> {
  return bySpans(db, "finding_change_sets", (from, to) => {
    const query = db.sql
      .deleteFrom("finding_change_sets")
      .where("id", ">=", from)
      .where("id", "<", to)
      .where("at", "<", until)
      // That of an import tells what it opened, of which there is no history.
      .where("cause", "!=", "import")
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("finding_history")
              .select("finding_history.id")
              .whereRef("finding_history.change_set_id", "=", "finding_change_sets.id"),
          ),
        ),
      );
    return runQuery(db, query);
  });
}
