import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { inKeyLists } from "./key-lists.ts";

/** Finds those among some findings that a person has touched since an import: by a decision, a note, a tag or an assignment. */
export async function findTouched(tx: Transaction, ids: readonly number[], importId: number): Promise<Set<number>> {
  const touched = new Set<number>();
  for (const some of inKeyLists(ids)) {
    const decided = tx.sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .select("finding_history.finding_id")
      .where("finding_history.finding_id", "in", some)
      .where("finding_change_sets.cause", "in", ["decision", "expiry"])
      .where("finding_change_sets.id", ">", (eb) =>
        eb
          .selectFrom("finding_change_sets")
          .select(eb.fn.coalesce(eb.fn.max<number>("finding_change_sets.id"), eb.val(0)).as("last"))
          .where("finding_change_sets.import_id", "=", importId),
      );
    for (const { findingId } of await fetchAll(tx, decided)) touched.add(findingId);
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
