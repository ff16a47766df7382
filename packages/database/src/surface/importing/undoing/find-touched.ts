import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { inKeyLists } from "../key-lists.ts";
import type { Undo } from "./undo.ts";

/** Finds those among some findings that a person has decided on or rated since an import, or whose acceptance ended. */
export async function findDecided(tx: Transaction, ids: readonly number[], undo: Undo): Promise<Set<number>> {
  const decided = new Set<number>();
  for (const some of inKeyLists(ids)) {
    const query = historySince(tx, undo)
      .select("finding_history.finding_id")
      .where("finding_history.finding_id", "in", some)
      .where("finding_history.kind", "<>", "assigned")
      .where("finding_change_sets.cause", "in", ["decision", "expiry"]);
    for (const { findingId } of await fetchAll(tx, query)) decided.add(findingId);
  }
  return decided;
}

/**
 * The history of findings since an import: since its first change of findings, so that what happened between two slices of it counts;
 * one that changed none has nothing but its time.
 */
export function historySince(tx: Transaction, { importId, startedAt }: Undo) {
  return tx.sql
    .selectFrom("finding_history")
    .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
    .where((eb) => {
      const first = eb
        .selectFrom("finding_change_sets")
        .select(({ fn }) => fn.min<number>("finding_change_sets.id").as("first"))
        .where("finding_change_sets.import_id", "=", importId)
        .where("finding_change_sets.cause", "=", "import");
      return eb.or([
        eb("finding_change_sets.id", ">", first),
        eb.and([eb(first, "is", null), eb("finding_change_sets.at", ">=", startedAt)]),
      ]);
    });
}

/**
 * Finds those among the findings that an import opened which a person has touched: by a decision, a severity, a note, a tag or an
 * assignment.
 */
export async function findTouched(tx: Transaction, ids: readonly number[], undo: Undo): Promise<Set<number>> {
  const touched = await findDecided(tx, ids, undo);
  for (const some of inKeyLists(ids)) {
    const noted = tx.sql.selectFrom("finding_notes").select("finding_id").where("finding_id", "in", some);
    for (const { findingId } of await fetchAll(tx, noted)) touched.add(findingId);
    const tagged = tx.sql.selectFrom("surface_tag_links").select("finding_id").where("finding_id", "in", some);
    for (const { findingId } of await fetchAll(tx, tagged)) if (findingId !== null) touched.add(findingId);
    const assigned = tx.sql
      .selectFrom("findings")
      .select("id")
      .where("id", "in", some)
      .where("assigned_to_user_id", "is not", null);
    for (const { id } of await fetchAll(tx, assigned)) touched.add(id);
  }
  return touched;
}
