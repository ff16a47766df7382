import { formats } from "@nerve/formats";
import { z } from "zod";
import { statement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { assetKinds } from "../../schema/surface/assets.ts";
import { recordId } from "../../validation/input.ts";
import { findLastMatch, hasEquals, type LastMatch, waysToMatch } from "./last-match.ts";
import { requireFinding } from "./require-finding.ts";

const lastMatch = z.object({
  importId: z.int(),
  seriesId: z.int(),
  at: z.date(),
  format: z.string().nullable(),
  by: z.enum(waysToMatch).meta({ description: "What that import knew it by; `new` where it made it." }),
});

const identity = z
  .object({
    findingId: z.int(),
    source: z.string(),
    rule: z.object({ id: z.int(), key: z.string(), title: z.string() }),
    asset: z.object({ id: z.int(), kind: z.enum(assetKinds), name: z.string() }),
    context: z
      .string()
      .nullable()
      .meta({ description: "What tells it from others of its rule on its asset; null where these two suffice." }),
    ordinal: z.int().meta({ description: "Its place among those that are alike in all that." }),
    hasToolKey: z.boolean().meta({ description: "Whether the tool has a name of its own for it." }),
    lastMatch: lastMatch.nullable(),
    words: z.array(z.string()).meta({ description: "All that in sentences." }),
  })
  .meta({ id: "FindingIdentity", description: "What makes a finding this one, and by what it was last known." });
export type FindingIdentity = z.output<typeof identity>;

const partsOf = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("findings")
    .innerJoin("assets", "assets.id", "findings.asset_id")
    .innerJoin("finding_rules", "finding_rules.id", "findings.rule_id")
    .select(["assets.kind as asset_kind", "assets.name as asset_name"])
    .select(["finding_rules.key as rule_key", "finding_rules.title as rule_title"])
    .where("findings.id", "=", id),
);

/**
 * Explains why reports are of this finding and of no other: which source, rule, asset and context make it, whether the tool has a
 * name of its own for it, and by what the last import that saw it knew it.
 *
 * @returns the parts, and all of it in sentences
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of items) (await explainIdentity(db, { id })).words.join(" ");
 */
export const explainIdentity = reading({
  summary: "Explain what makes a finding this one",
  permission: "finding:read",
  input: { id: recordId() },
  output: identity,
  mayLag: true,
  async run(db, { id }, caller): Promise<FindingIdentity> {
    const finding = await requireFinding(db, id, caller);
    const { assetKind, assetName, ruleKey, ruleTitle } = await partsOf.one(db, { id });
    const found = await findLastMatch(db, finding);
    const isOneOfSeveral = finding.ordinal > 0 || (await hasEquals(db, finding));
    const parts = {
      findingId: id,
      source: finding.source,
      rule: { id: finding.ruleId, key: ruleKey, title: ruleTitle },
      asset: { id: finding.assetId, kind: assetKind, name: assetName },
      context: contextOf(finding.contextKey, found),
      ordinal: finding.ordinal,
      hasToolKey: finding.toolKey !== null,
      lastMatch: found,
    };
    return { ...parts, words: inWords(parts, isOneOfSeveral) };
  },
});

/** What the context is made of: the parts themselves are not kept, only a digest of them. */
function contextOf(contextKey: string, match: LastMatch | null): string | null {
  if (contextKey === "") return null;
  const format = formats.find(({ name }) => name === match?.format);
  return format?.context ?? "what the report gives beside rule and asset";
}

const knownBy = {
  new: "made it",
  "tool key": "knew it by the name that the tool has for it",
  context: "knew it by rule, asset and context",
  position: "knew it by rule, asset and context, and by its place among those that are alike",
} as const satisfies Record<LastMatch["by"], string>;

function inWords(parts: Omit<FindingIdentity, "words">, isOneOfSeveral: boolean): string[] {
  const { source, rule, asset, context, ordinal, hasToolKey, lastMatch: match } = parts;
  return [
    `Source: ${source}. What another tool reports is another finding.`,
    `Rule: ${rule.key} (${rule.title}).`,
    `Asset: ${asset.kind} ${asset.name}.`,
    context === null ? "Rule and asset suffice: there is no context." : `Context: ${context}.`,
    ...(isOneOfSeveral ? [`It is number ${ordinal} of those that are alike in all this, told apart by position.`] : []),
    hasToolKey
      ? "The tool has a name of its own for it, which is looked for before the context."
      : "The tool has no name of its own for it, or none that can be trusted.",
    "Severity, texts, lines, versions and dates are no part of this.",
    match === null
      ? "No import has seen it."
      : `Import ${match.importId} of ${match.at.toISOString()} was the last to see it, and ${knownBy[match.by]}.`,
  ];
}
