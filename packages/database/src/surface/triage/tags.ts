import type { Transaction } from "../../database/handle.ts";
import { fetchAll, runQuery } from "../../database/statement.ts";
import { QuotaError } from "../../errors/index.ts";
import { requireRoom } from "../../quotas/require-room.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { surfaceTagLinks, surfaceTags } from "../../schema/surface/triage.ts";

/** Tags of a company. */
const mostTags = 1000;
/** Tags of a finding. */
export const mostTagsOfFinding = 20;

/** Findings of a company, whose name is held. */
interface Tagged {
  readonly companyId: number;
  readonly findingIds: readonly number[];
}

/**
 * Puts tags on findings, those that they already have apart.
 *
 * @returns the findings that have got any
 * @throws {QuotaError} QUOTA_EXCEEDED when a finding would have more than 20, or the company more than 1,000
 */
export async function addTags(
  tx: Transaction,
  { companyId, findingIds }: Tagged,
  names: readonly string[],
): Promise<Set<number>> {
  const tagIds = await ensureTags(tx, companyId, names);
  const query = tx.sql
    .selectFrom("surface_tag_links")
    .select(["tag_id", "finding_id"])
    .where("tag_id", "in", tagIds)
    .where("finding_id", "in", findingIds);
  const linked = new Set((await fetchAll(tx, query)).map(({ tagId, findingId }) => `${tagId} ${findingId}`));
  const missing = findingIds.flatMap((findingId) =>
    tagIds.filter((tagId) => !linked.has(`${tagId} ${findingId}`)).map((tagId) => ({ companyId, tagId, findingId })),
  );
  await insertMany(tx, surfaceTagLinks, missing);
  await requireFewTags(tx, findingIds);
  return new Set(missing.map(({ findingId }) => findingId));
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

async function requireFewTags(tx: Transaction, findingIds: readonly number[]): Promise<void> {
  const query = tx.sql
    .selectFrom("surface_tag_links")
    .select("finding_id")
    .where("finding_id", "in", findingIds)
    .groupBy("finding_id")
    .having(({ fn }) => fn.countAll(), ">", mostTagsOfFinding)
    .limit(1);
  const [full] = await fetchAll(tx, query);
  if (full === undefined) return;
  throw new QuotaError({
    message: `Finding ${full.findingId} would have more than ${mostTagsOfFinding} tags.`,
    help: "Take off the tags that are no longer needed.",
  });
}

/**
 * Takes tags off findings. A tag that is then on nothing goes.
 *
 * @returns the findings that had any of them
 */
export async function removeTags(
  tx: Transaction,
  { companyId, findingIds }: Tagged,
  names: readonly string[],
): Promise<Set<number>> {
  const tags = tx.sql.selectFrom("surface_tags").where("company_id", "=", companyId).where("name", "in", names);
  const links = tx.sql
    .selectFrom("surface_tag_links")
    .where("finding_id", "in", findingIds)
    .where("tag_id", "in", tags.select("id"));
  const had = new Set((await fetchAll(tx, links.select("finding_id"))).flatMap(({ findingId }) => findingId ?? []));
  await runQuery(tx, tx.sql.deleteFrom("surface_tag_links").where("id", "in", links.select("id")));
  const unused = tx.sql
    .deleteFrom("surface_tags")
    .where("company_id", "=", companyId)
    .where("name", "in", names)
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
