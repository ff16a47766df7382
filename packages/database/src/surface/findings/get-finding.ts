import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { columnsOf } from "../../database/columns.ts";
import { statement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { rowWith } from "../../rows/row-with.ts";
import { assetKinds, assetStatuses } from "../../schema/surface/assets.ts";
import { findingNotes } from "../../schema/surface/finding-history.ts";
import { findingRules, findings, riskAcceptances } from "../../schema/surface/findings.ts";
import { recordId } from "../../validation/input.ts";
import { requireFinding } from "./require-finding.ts";

/** Most notes that a finding shows by itself. */
const mostNotes = 100;

/** Most CVEs that a finding shows: a rule that checks for an update may know it by hundreds. */
const mostCves = 1000;

/** What a finding shows of the asset that it is on. */
const assetOfFinding = z.object({
  id: z.int(),
  kind: z.enum(assetKinds),
  name: z.string(),
  status: z.enum(assetStatuses),
  criticality: z.int(),
  ownerUserId: z.int().nullable(),
  tags: z.array(z.string()),
});

const findingDetails = rowWith(findings, "FindingDetails", {
  asset: assetOfFinding,
  rule: rowOf(findingRules),
  cves: z.array(z.string()),
  tags: z.array(z.string()),
  notes: z.array(rowOf(findingNotes)).meta({ description: "The newest 100." }),
  acceptance: rowOf(riskAcceptances).nullable().meta({ description: "The acceptance that holds now." }),
});
export type FindingDetails = z.output<typeof findingDetails>;

interface Place {
  readonly findingId: number;
  readonly companyId: number;
}

const assetById = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("assets")
    .select(["id", "kind", "name", "status", "criticality", "owner_user_id"])
    .where("assets.id", "=", id),
);

const ruleById = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("finding_rules")
    .select([...columnsOf("finding_rules")])
    .where("finding_rules.id", "=", id),
);

const cvesOf = statement((sql, { findingId }: Place) =>
  sql
    .selectFrom("finding_cves")
    .select("cve")
    .where("finding_cves.finding_id", "=", findingId)
    .orderBy("finding_cves.cve")
    .limit(mostCves),
);

/** The tags of a thing, by their names: a company has few tags, and each says by an index whether it is on the thing. */
function tagsOn(column: "finding_id" | "asset_id") {
  return statement((sql, { id, companyId }: { id: number; companyId: number }) =>
    sql
      .selectFrom("surface_tags")
      .select("surface_tags.name")
      .where("surface_tags.company_id", "=", companyId)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("surface_tag_links")
            .select("surface_tag_links.id")
            .whereRef("surface_tag_links.tag_id", "=", "surface_tags.id")
            .where(`surface_tag_links.${column}`, "=", id),
        ),
      )
      .orderBy("surface_tags.name"),
  );
}

const tagsOfFinding = tagsOn("finding_id");
const tagsOfAsset = tagsOn("asset_id");

const newestNotes = statement((sql, { findingId }: Place) =>
  sql
    .selectFrom("finding_notes")
    .select([...columnsOf("finding_notes")])
    .where("finding_notes.finding_id", "=", findingId)
    .where("finding_notes.deleted_at", "is", null)
    .orderBy("finding_notes.id", "desc")
    .limit(mostNotes),
);

const liveAcceptance = statement((sql, { id, now }: { id: number; now: Date }) =>
  sql
    .selectFrom("risk_acceptances")
    .select([...columnsOf("risk_acceptances")])
    .where("risk_acceptances.id", "=", id)
    .where("risk_acceptances.ended_at", "is", null)
    .where("risk_acceptances.expires_at", ">", now),
);

/**
 * Shows a finding with what its rule says, the asset that it is on, its CVEs, its tags, the newest 100 notes on it, and the
 * acceptance of its risk while that holds.
 *
 * @returns the finding with all that
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of items) (await getFinding(db, { id })).rule.remediation;
 */
export const getFinding = reading({
  summary: "Show a finding",
  permission: "finding:read",
  input: { id: recordId() },
  output: findingDetails,
  mayLag: true,
  async run(db, { id }, caller): Promise<FindingDetails> {
    const finding = await requireFinding(db, id, caller);
    return { ...finding, ...(await partsOf(db, finding)) };
  },
});

type Found = Awaited<ReturnType<typeof requireFinding>>;

async function partsOf(db: Handle, finding: Found): Promise<Omit<FindingDetails, keyof Found>> {
  const { id: findingId, companyId, assetId, ruleId, status, riskAcceptanceId } = finding;
  const place = { findingId, companyId };
  const isAccepted = status === "accepted" && riskAcceptanceId !== null;
  return {
    asset: {
      ...(await assetById.one(db, { id: assetId })),
      tags: (await tagsOfAsset.all(db, { id: assetId, companyId })).map(({ name }) => name),
    },
    rule: await ruleById.one(db, { id: ruleId }),
    cves: (await cvesOf.all(db, place)).map(({ cve }) => cve),
    tags: (await tagsOfFinding.all(db, { id: findingId, companyId })).map(({ name }) => name),
    notes: await newestNotes.all(db, place),
    acceptance: isAccepted ? await liveAcceptance.first(db, { id: riskAcceptanceId, now: db.clock.now() }) : null,
  };
}
