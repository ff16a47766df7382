import type { AssetKind } from "../../schema/surface/assets.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import type { findingLocations, findingRules } from "../../schema/surface/findings.ts";
import type { Row } from "../../schema/kit/index.ts";
import type { RowOf } from "../../schema/tables.ts";
import { inKeyLists } from "../importing/key-lists.ts";

/** A finding with the asset that it is of, as a page has it. */
export type FindingOfAsset = RowOf<"findings"> & {
  readonly assetKind: AssetKind;
  readonly assetKey: string;
  readonly assetName: string;
};

export type ExportedRule = Row<typeof findingRules>;
export type ExportedLocation = Row<typeof findingLocations>;

/** A finding with all that an export tells of it. */
export interface ExportedFinding {
  readonly finding: FindingOfAsset;
  readonly rule: ExportedRule;
  readonly cves: readonly string[];
  /** Each place once, the first seen first; those that are there, else those that were. */
  readonly locations: readonly ExportedLocation[];
  readonly tags: readonly string[];
  /** Whether others agree with it in asset, rule and context. */
  readonly hasEquals: boolean;
}

/** Reads what belongs to the findings of a page. */
export async function withParts(
  db: Handle,
  companyId: number,
  findings: readonly FindingOfAsset[],
): Promise<ExportedFinding[]> {
  const ids = findings.map(({ id }) => id);
  const rules = await readRules(db, companyId, new Set(findings.map(({ ruleId }) => ruleId)));
  const cves = await gather(ids, (some) => readCves(db, some));
  const locations = await gather(ids, (some) => readLocations(db, some));
  const tags = await gather(ids, (some) => readTags(db, companyId, some));
  const equals = await gather(ids, (some) => readEquals(db, some));
  return findings.map((finding) => ({
    finding,
    rule: rules.get(finding.ruleId) as ExportedRule,
    cves: (cves.get(finding.id) ?? []).map(({ cve }) => cve),
    locations: distinctPlaces(locations.get(finding.id) ?? []),
    tags: (tags.get(finding.id) ?? []).map(({ name }) => name),
    hasEquals: equals.has(finding.id),
  }));
}

/** Reads rows of findings, and puts them with their findings. */
async function gather<Part extends { readonly findingId: number | null }>(
  ids: readonly number[],
  read: (some: readonly number[]) => Promise<readonly Part[]>,
): Promise<Map<number | null, Part[]>> {
  const parts: Part[] = [];
  for (const some of inKeyLists(ids)) parts.push(...(await read(some)));
  return Map.groupBy(parts, ({ findingId }) => findingId);
}

/** Reads rules of a company by their ids. */
export async function readRules(
  db: Handle,
  companyId: number,
  ids: Iterable<number>,
): Promise<Map<number, ExportedRule>> {
  const rules = new Map<number, ExportedRule>();
  for (const some of inKeyLists(ids)) {
    const query = db.sql.selectFrom("finding_rules").select([...columnsOf("finding_rules")]);
    for (const rule of await fetchAll(db, query.where("company_id", "=", companyId).where("id", "in", some)))
      rules.set(rule.id, rule);
  }
  return rules;
}

function readCves(db: Handle, ids: readonly number[]) {
  const query = db.sql.selectFrom("finding_cves").select(["finding_id", "cve"]).where("finding_id", "in", ids);
  return fetchAll(db, query.orderBy("cve"));
}

function readLocations(db: Handle, ids: readonly number[]): Promise<ExportedLocation[]> {
  const query = db.sql
    .selectFrom("finding_locations")
    .select([...columnsOf("finding_locations")])
    .where("finding_id", "in", ids)
    .orderBy("id");
  return fetchAll(db, query);
}

function readTags(db: Handle, companyId: number, ids: readonly number[]) {
  const query = db.sql
    .selectFrom("surface_tag_links")
    .innerJoin("surface_tags", "surface_tags.id", "surface_tag_links.tag_id")
    .select(["surface_tag_links.finding_id", "surface_tags.name"])
    .where("surface_tags.company_id", "=", companyId)
    .where("surface_tag_links.finding_id", "in", ids);
  return fetchAll(db, query.orderBy("surface_tags.name"));
}

/** The findings that are not alone with their asset, rule and context. */
function readEquals(db: Handle, ids: readonly number[]) {
  const query = db.sql
    .selectFrom("findings")
    .select("findings.id as finding_id")
    .where("findings.id", "in", ids)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("findings as other")
          .select("other.id")
          .whereRef("other.asset_id", "=", "findings.asset_id")
          .whereRef("other.rule_id", "=", "findings.rule_id")
          .whereRef("other.context_key", "=", "findings.context_key")
          .whereRef("other.ordinal", "<>", "findings.ordinal"),
      ),
    );
  return fetchAll(db, query);
}

/** Several series may have seen one place. */
function distinctPlaces(locations: readonly ExportedLocation[]): ExportedLocation[] {
  const present = locations.filter((location) => location.present);
  const places = new Map<string, ExportedLocation>();
  for (const location of present.length === 0 ? locations : present)
    if (!places.has(location.locatorKey)) places.set(location.locatorKey, location);
  return [...places.values()];
}
