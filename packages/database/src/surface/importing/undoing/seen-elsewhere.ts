import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { inKeyLists } from "../key-lists.ts";

/** Finds those among some findings that another series has seen, too, each with the first import of those that saw it. */
export async function findSeenElsewhere(
  tx: Transaction,
  ids: readonly number[],
  seriesId: number,
): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_locations")
      .select(({ fn }) => ["finding_id", fn.min<number>("first_import_id").as("import_id")])
      .where("finding_id", "in", some)
      .where("series_id", "!=", seriesId)
      .groupBy("finding_id");
    for (const { findingId, importId } of await fetchAll(tx, query)) seen.set(findingId, importId);
  }
  return seen;
}

/** Lets findings be those of the imports that saw them next: undoing these takes them away. */
export async function handOn(tx: Transaction, seen: ReadonlyMap<number, number>): Promise<void> {
  for (const [importId, pairs] of Map.groupBy(seen, ([, id]) => id)) {
    for (const some of inKeyLists(pairs.map(([findingId]) => findingId)))
      await runQuery(tx, tx.sql.updateTable("findings").set({ first_import_id: importId }).where("id", "in", some));
  }
}
