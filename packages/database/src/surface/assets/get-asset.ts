import { z } from "zod";
import { requireWithin } from "../../access/require-within.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { rowWith } from "../../rows/row-with.ts";
import { assets, assetStatuses, severities } from "../../schema/surface/assets.ts";
import { findingStatuses } from "../../schema/surface/finding-words.ts";
import { oneOf, recordId } from "../../validation/input.ts";

/** Most names, services, series and checks that are shown of an asset; how many there are is told beside. */
const mostShown = 100;

const assetName = z.object({
  kind: z.enum(["address", "reverse", "certificate", "alias"]),
  name: z.string(),
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
});

const assetService = z.object({
  id: z.int(),
  key: z.string(),
  name: z.string(),
  status: oneOf(assetStatuses),
  openFindings: z.int(),
  worstSeverity: oneOf(severities).nullable(),
});

const seriesCoverage = z.object({
  seriesId: z.int(),
  source: z.string(),
  series: z.string(),
  spokeImportId: z.int().nullable(),
  spokeAt: z.date().nullable(),
  coveredImportId: z.int().nullable(),
  coveredAt: z.date().nullable(),
});

const assetCheck = z.object({
  ruleId: z.int(),
  source: z.string(),
  key: z.string(),
  title: z.string(),
  outcome: z.enum(["pass", "info", "warn"]),
  detail: z.string(),
  lastSeenAt: z.date(),
});

/** An asset with what there is to tell of it. */
const shownAsset = rowWith(assets, "ShownAsset", {
  parent: z.object({ id: z.int(), name: z.string() }).nullable().meta({ description: "The host of a service." }),
  mergedNames: z.array(z.string()).meta({ description: "The names of assets that became part of it." }),
  names: z.array(assetName),
  services: z.array(assetService).meta({ description: "Those with the most open findings first." }),
  coverage: z.array(seriesCoverage).meta({ description: "The newest imports of each series that spoke of it." }),
  checks: z.array(assetCheck).meta({ description: "What was tested and is not wrong, the latest first." }),
  tags: z.array(z.string()),
  findings: z
    .array(z.object({ status: oneOf(findingStatuses), severity: oneOf(severities), findings: z.int() }))
    .meta({ description: "How many findings it has of a status and severity." }),
  counts: z.object({ names: z.int(), services: z.int(), coverage: z.int(), checks: z.int() }),
});
export type ShownAsset = z.output<typeof shownAsset>;

interface OfAsset {
  readonly id: number;
}

const namesOf = statement((sql, { id }: OfAsset) =>
  sql
    .selectFrom("asset_names")
    .select(["kind", "name", "first_seen_at", "last_seen_at"])
    .where("asset_id", "=", id)
    .orderBy("kind")
    .orderBy("name")
    .limit(mostShown),
);

const servicesOf = statement((sql, { id }: OfAsset) =>
  sql
    .selectFrom("assets")
    .select(["id", "key", "name", "status", "open_findings", "worst_severity"])
    .where("parent_id", "=", id)
    .where("deleted_at", "is", null)
    .orderBy("open_findings", "desc")
    .orderBy("id")
    .limit(mostShown),
);

const parentOf = statement((sql, { id }: OfAsset) =>
  sql.selectFrom("assets").select(["id", "name"]).where("id", "=", id),
);

const partsOf = statement((sql, { id, kind }: OfAsset & { kind: ShownAsset["kind"] }) =>
  sql
    .selectFrom("assets")
    .select("name")
    .where("parent_id", "=", id)
    .where("kind", "=", kind)
    .where("deleted_at", "is not", null)
    .orderBy("id")
    .limit(mostShown),
);

const coverageOf = statement((sql, { id }: OfAsset) =>
  sql
    .selectFrom("asset_coverage")
    .innerJoin("scan_series", "scan_series.id", "asset_coverage.series_id")
    .select(["asset_coverage.series_id", "scan_series.source", "scan_series.name as series"])
    .select(["spoke_import_id", "spoke_at", "covered_import_id", "covered_at"])
    .where("asset_coverage.asset_id", "=", id)
    .orderBy("asset_coverage.series_id")
    .limit(mostShown),
);

const checksOf = statement((sql, { id }: OfAsset) =>
  sql
    .selectFrom("asset_checks")
    .innerJoin("finding_rules", "finding_rules.id", "asset_checks.rule_id")
    .select(["asset_checks.rule_id", "finding_rules.source", "finding_rules.key", "finding_rules.title"])
    .select(["asset_checks.outcome", "asset_checks.detail", "asset_checks.last_seen_at"])
    .where("asset_checks.asset_id", "=", id)
    .orderBy("asset_checks.last_seen_at", "desc")
    .orderBy("asset_checks.id")
    .limit(mostShown),
);

const tagsOf = statement((sql, { id, companyId }: OfAsset & { companyId: number }) =>
  sql
    .selectFrom("surface_tag_links")
    .innerJoin("surface_tags", "surface_tags.id", "surface_tag_links.tag_id")
    .select("surface_tags.name")
    .where("surface_tags.company_id", "=", companyId)
    .where("surface_tag_links.asset_id", "=", id)
    .orderBy("surface_tags.name"),
);

const findingsOf = statement((sql, { id }: OfAsset) =>
  sql
    .selectFrom("findings")
    .select(({ fn }) => ["status", "severity", fn.countAll<number>().as("findings")])
    .where("asset_id", "=", id)
    .groupBy(["status", "severity"])
    .orderBy("status")
    .orderBy("severity"),
);

const countsOf = statement((sql, { id }: OfAsset) => {
  const count = (table: "asset_names" | "asset_coverage" | "asset_checks") =>
    sql
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as("rows"))
      .where("asset_id", "=", id)
      .$asScalar()
      .$notNull();
  return sql.selectNoFrom((eb) => [
    count("asset_names").as("names"),
    eb
      .selectFrom("assets")
      .select(({ fn }) => fn.countAll<number>().as("rows"))
      .where("parent_id", "=", id)
      .where("deleted_at", "is", null)
      .$asScalar()
      .$notNull()
      .as("services"),
    count("asset_coverage").as("coverage"),
    count("asset_checks").as("checks"),
  ]);
});

/**
 * Finds an asset: its names and services, which scans spoke of it, what was tested and is not wrong, its tags, and how many findings it
 * has. Of each list the first 100 are told, and how many there are.
 *
 * @returns the asset
 * @throws {NotFoundError} NOT_FOUND when there is no such asset within reach
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "shown.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://shown.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const [host] = (await listAssets(db, { companyId, kind: "host" })).items;
 * const { services } = await getAsset(db, { id: host?.id ?? 0 });
 */
export const getAsset = reading({
  summary: "See an asset",
  permission: "asset:read",
  input: { id: recordId() },
  output: shownAsset,
  async run(db, { id }, caller): Promise<ShownAsset> {
    return showAsset(db, await requireWithin(db, assets, id, caller));
  },
});

/** Tells everything of an asset that was found within reach. */
async function showAsset(
  db: Handle,
  asset: Awaited<ReturnType<typeof requireWithin<typeof assets>>>,
): Promise<ShownAsset> {
  const { id, kind, parentId, companyId } = asset;
  return {
    ...asset,
    parent: parentId === null ? null : await parentOf.first(db, { id: parentId }),
    mergedNames: (await partsOf.all(db, { id, kind })).map(({ name }) => name),
    names: await namesOf.all(db, { id }),
    services: await servicesOf.all(db, { id }),
    coverage: await coverageOf.all(db, { id }),
    checks: await checksOf.all(db, { id }),
    tags: (await tagsOf.all(db, { id, companyId: companyId as number })).map(({ name }) => name),
    findings: await findingsOf.all(db, { id }),
    counts: await countsOf.one(db, { id }),
  };
}
