import { setImmediate as nextTurn } from "node:timers/promises";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { anyTable, type AnySchema } from "../../database/any-table.ts";
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

/** Rows that have told of nothing since a time. */
interface Old {
  readonly table: "finding_evidence" | "finding_locations" | "finding_change_sets";
  readonly isOld: (eb: ExpressionBuilder<AnySchema, string>, until: Date) => Expression<SqlBool>;
}

const evidenceOfResolved: Old = {
  table: "finding_evidence",
  isOld: (eb, until) =>
    eb.exists(
      eb
        .selectFrom("findings")
        .select("findings.id")
        .whereRef("findings.id", "=", "finding_evidence.finding_id")
        .where("findings.resolved_at", "<", until),
    ),
};

/** When a location went, the import tells. */
const locationsGone: Old = {
  table: "finding_locations",
  isOld: (eb, until) =>
    eb.and([
      eb("present", "=", false),
      eb("last_seen_at", "<", until),
      eb.not(
        eb.exists(
          eb
            .selectFrom("scan_imports")
            .select("scan_imports.id")
            .whereRef("scan_imports.id", "=", "finding_locations.gone_import_id")
            .where("scan_imports.started_at", ">=", until),
        ),
      ),
    ]),
};

/** Those of imports tell what they opened, of which there is no history. */
const emptySets: Old = {
  table: "finding_change_sets",
  isOld: (eb, until) =>
    eb.and([
      eb("at", "<", until),
      eb("cause", "!=", "import"),
      eb.not(
        eb.exists(
          eb
            .selectFrom("finding_history")
            .select("finding_history.id")
            .whereRef("finding_history.change_set_id", "=", "finding_change_sets.id"),
        ),
      ),
    ]),
};

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
    evidence: await deleteOld(db, evidenceOfResolved, until),
    locations: await deleteOld(db, locationsGone, until),
    changeSets: await deleteOld(db, emptySets, until),
  };
}

/** Goes through a table by its ids, and tells how many rows were deleted in all. */
async function deleteOld(db: Handle, { table, isOld }: Old, until: Date): Promise<number> {
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
    const some = anyTable(db)
      .deleteFrom(table)
      .where("id", ">=", from)
      .where("id", "<", from + span)
      .where((eb) => isOld(eb, until));
    deleted += await runQuery(db, some);
    await nextTurn();
  }
  return deleted;
}
