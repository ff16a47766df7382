import type { Handle } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { inKeyLists } from "../key-lists.ts";

/**
 * An asset that somebody merged into another one is deleted, and its parent is that asset, of its own kind: its row leads reports that
 * name it to the one that stayed. The parent of a service that is there is a host.
 */
interface Part {
  readonly id: number;
  readonly kind: string;
  readonly parentId: number | null;
  readonly deletedAt: Date | null;
}

/** Finds the assets that some became part of, by the ids of those. */
export async function findWholes(db: Handle, assets: readonly Part[]): Promise<Map<number, number>> {
  const parts = assets.filter(({ deletedAt, parentId }) => deletedAt !== null && parentId !== null);
  const kinds = new Map<number, string>();
  for (const some of inKeyLists(new Set(parts.map(({ parentId }) => parentId as number)))) {
    const query = db.sql.selectFrom("assets").select(["id", "kind"]).where("id", "in", some);
    for (const { id, kind } of await fetchAll(db, query.where("deleted_at", "is", null))) kinds.set(id, kind);
  }
  return new Map(
    parts.flatMap(({ id, kind, parentId }) =>
      kinds.get(parentId as number) === kind ? [[id, parentId as number] as const] : [],
    ),
  );
}

/** Finds the kinds and keys of what became part of assets, by the ids of these. */
export async function findParts(
  db: Handle,
  assets: readonly { readonly id: number; readonly kind: string }[],
): Promise<Map<number, { kind: string; key: string }[]>> {
  const kinds = new Map(assets.map(({ id, kind }) => [id, kind]));
  const found: { kind: string; key: string; parentId: number }[] = [];
  for (const some of inKeyLists(kinds.keys())) {
    const query = db.sql
      .selectFrom("assets")
      .select(["kind", "key", "parent_id"])
      .where("parent_id", "in", some)
      .where("deleted_at", "is not", null);
    for (const { kind, key, parentId } of await fetchAll(db, query))
      if (parentId !== null && kinds.get(parentId) === kind) found.push({ kind, key, parentId });
  }
  return Map.groupBy(found, ({ parentId }) => parentId);
}
