import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { inKeyLists } from "../key-lists.ts";

/**
 * Finds those among some findings that a person has decided on or rated since an import: its first change of findings, so that what
 * was decided between two slices of it counts.
 */
export async function findDecided(tx: Transaction, ids: readonly number[], importId: number): Promise<Set<number>> {
  const decided = new Set<number>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .select("finding_history.finding_id")
      .where("finding_history.finding_id", "in", some)
      .where("finding_history.kind", "<>", "assigned")
      .where("finding_change_sets.cause", "in", ["decision", "expiry"])
      .where("finding_change_sets.id", ">", (eb) =>
        eb
          .selectFrom("finding_change_sets")
          .select(eb.fn.coalesce(eb.fn.min<number>("finding_change_sets.id"), eb.val(0)).as("first"))
          .where("finding_change_sets.import_id", "=", importId),
      );
    for (const { findingId } of await fetchAll(tx, query)) decided.add(findingId);
  }
  return decided;
}

/**
 * Finds those among the findings that an import opened which a person has touched: by a decision, a severity, a note, a tag or an
 * assignment.
 */
export async function findTouched(tx: Transaction, ids: readonly number[], importId: number): Promise<Set<number>> {
  const touched = await findDecided(tx, ids, importId);
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
