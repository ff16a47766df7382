import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { inKeyLists } from "../key-lists.ts";
import type { Undo } from "./undo.ts";

/** How other series have seen a finding since an import. */
export interface SeenSince {
  /** The first import that did. */
  readonly importId: number;
  /** The latest time of a scan that did. */
  readonly at: Date;
}

/** Finds those among some findings that other series have seen since an import: what they saw stands. */
export async function findSeenSince(
  tx: Transaction,
  ids: readonly number[],
  { importId, seriesId }: Undo,
): Promise<Map<number, SeenSince>> {
  const seen = new Map<number, SeenSince>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_locations")
      .select(["finding_id", "first_import_id", "previous_import_id", "last_import_id", "last_seen_at"])
      .where("finding_id", "in", some)
      .where("series_id", "<>", seriesId)
      .where("last_import_id", ">", importId);
    for (const { findingId, firstImportId, previousImportId, lastImportId, lastSeenAt } of await fetchAll(tx, query)) {
      const known = seen.get(findingId);
      const sights = [firstImportId, previousImportId ?? 0, lastImportId].filter((sight) => sight > importId);
      seen.set(findingId, {
        importId: Math.min(known?.importId ?? Infinity, ...sights),
        at: known !== undefined && known.at > lastSeenAt ? known.at : lastSeenAt,
      });
    }
  }
  return seen;
}

/**
 * Hands findings on to the imports that have seen them since: what an import opened counts as opened by the next one, and what it
 * changed has its old values again when that one is taken back, too.
 */
export async function handOn(tx: Transaction, { importId }: Undo, seen: ReadonlyMap<number, SeenSince>): Promise<void> {
  for (const [next, pairs] of Map.groupBy(seen, ([, since]) => since.importId)) {
    for (const some of inKeyLists(pairs.map(([id]) => id))) {
      const opened = tx.sql
        .updateTable("findings")
        .set({ first_import_id: next })
        .where("id", "in", some)
        .where("first_import_id", "=", importId);
      await runQuery(tx, opened);
      const changes = tx.sql
        .updateTable("import_changes")
        .set({ import_id: next })
        .where("import_id", "=", importId)
        .where("table_name", "=", "findings")
        .where("row_id", "in", some);
      await runQuery(tx, changes);
    }
  }
}
