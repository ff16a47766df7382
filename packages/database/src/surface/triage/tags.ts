import { anyTable } from "../../database/any-table.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import { QuotaError } from "../../errors/index.ts";
import { requireRoom } from "../../quotas/require-room.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { surfaceTagLinks, surfaceTags } from "../../schema/surface/triage.ts";

/** Tags of a company. */
const mostTags = 1000;
/** Tags of one thing. */
export const mostTagsOfOne = 20;

/** What has tags: the column of their links, and its name. */
const tagged = {
  finding: { column: "finding_id", property: "findingId", called: "Finding" },
  asset: { column: "asset_id", property: "assetId", called: "Asset" },
} as const;

/** Findings or assets of a company, whose findings are held. */
export interface Tagged {
  readonly companyId: number;
  readonly kind: keyof typeof tagged;
  readonly ids: readonly number[];
}

interface Link {
  readonly tagId: number;
  /** Of the finding or the asset. */
  readonly id: number;
}

/**
 * Puts tags on things, those that they already have apart.
 *
 * @returns the things that have got any
 * @throws {QuotaError} QUOTA_EXCEEDED when one would have more than 20, or the company more than 1,000
 */
export async function addTags(tx: Transaction, things: Tagged, names: readonly string[]): Promise<Set<number>> {
  const { companyId, kind, ids } = things;
  const tagIds = await ensureTags(tx, companyId, names);
  const linked = new Set((await findLinks(tx, things, tagIds)).map(({ tagId, id }) => `${tagId} ${id}`));
  const missing = ids.flatMap((id) =>
    tagIds.filter((tagId) => !linked.has(`${tagId} ${id}`)).map((tagId) => ({ tagId, id })),
  );
  const { property } = tagged[kind];
  await insertMany(
    tx,
    surfaceTagLinks,
    missing.map(({ tagId, id }) => ({ companyId, tagId, [property]: id })),
  );
  await requireFewTags(tx, things);
  return new Set(missing.map(({ id }) => id));
}

/** The links of some things with some tags. */
async function findLinks(tx: Transaction, { kind, ids }: Tagged, tagIds: readonly number[]): Promise<Link[]> {
  const { column } = tagged[kind];
  const query = anyTable(tx)
    .selectFrom(surfaceTagLinks.name)
    .select(["tag_id", `${column} as id`])
    .where("tag_id", "in", tagIds)
    .where(column, "in", ids);
  return (await fetchAll(tx, query)) as unknown as Link[];
}

/** Finds the tags of these names, and makes those that are missing. */
async function ensureTags(tx: Transaction, companyId: number, names: readonly string[]): Promise<number[]> {
  const query = tx.sql
    .selectFrom("surface_tags")
    .select(["id", "name"])
    .where("company_id", "=", companyId)
    .where("name", "in", names);
  const found = await fetchAll(tx, query);
  const known = new Set(found.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length === 0) return found.map(({ id }) => id);
  await insertMany(
    tx,
    surfaceTags,
    missing.map((name) => ({ companyId, name })),
  );
  await requireRoom(tx, surfaceTags, companyId, mostTags);
  return (await fetchAll(tx, query)).map(({ id }) => id);
}

async function requireFewTags(tx: Transaction, { kind, ids }: Tagged): Promise<void> {
  const { column, called } = tagged[kind];
  const query = anyTable(tx)
    .selectFrom(surfaceTagLinks.name)
    .select(`${column} as id`)
    .where(column, "in", ids)
    .groupBy(column)
    .having(({ fn }) => fn.countAll(), ">", mostTagsOfOne)
    .limit(1);
  const [full] = await fetchAll(tx, query);
  if (full === undefined) return;
  throw new QuotaError({
    message: `${called} ${String(full["id"])} would have more than ${mostTagsOfOne} tags.`,
    help: "Take off the tags that are no longer needed.",
  });
}

/**
 * Takes tags off things. A tag that is then on nothing goes.
 *
 * @returns the things that had any of them
 */
export async function removeTags(tx: Transaction, things: Tagged, names: readonly string[]): Promise<Set<number>> {
  const { companyId, kind, ids } = things;
  const query = tx.sql
    .selectFrom("surface_tags")
    .select("id")
    .where("company_id", "=", companyId)
    .where("name", "in", names);
  const tagIds = (await fetchAll(tx, query)).map(({ id }) => id);
  if (tagIds.length === 0) return new Set();
  const had = new Set((await findLinks(tx, things, tagIds)).map(({ id }) => id));
  const links = anyTable(tx)
    .deleteFrom(surfaceTagLinks.name)
    .where("tag_id", "in", tagIds)
    .where(tagged[kind].column, "in", ids);
  await runQuery(tx, links);
  const unused = tx.sql
    .deleteFrom("surface_tags")
    .where("id", "in", tagIds)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("surface_tag_links")
            .select("surface_tag_links.id")
            .whereRef("surface_tag_links.tag_id", "=", "surface_tags.id"),
        ),
      ),
    );
  await runQuery(tx, unused);
  return had;
}
