import { type FindingKind, kindOfMessage } from "@nerve/catalogues";
import type { Asset, FindingRecord, Rule, Severity } from "@nerve/formats";
import { maskText } from "../../evidence/mask-text.ts";
import { type PreparedLocation, prepareLocation } from "./prepare-location.ts";
import { hashParts } from "./hash-parts.ts";
import { type AssetRef, resolveAsset } from "../inventory/resolve-asset.ts";

/** A piece of evidence, masked. */
export interface PreparedEvidence {
  readonly kind: "request" | "response" | "output" | "snippet";
  readonly content: string;
  readonly masked: number;
  readonly location: number | null;
}

/** A record of a finding, ready to be matched and stored. */
export interface PreparedFinding {
  readonly index: number;
  readonly source: string;
  readonly asset: AssetRef;
  readonly rule: Rule;
  /** What it is about, where its rule tells of two things and this is the other one. */
  readonly ownKind: FindingKind | null;
  readonly contextKey: string;
  readonly toolKey: string | null;
  readonly line: number | null;
  readonly positional: boolean;
  readonly title: string;
  readonly severity: Severity;
  readonly score: number | null;
  readonly vector: string | null;
  readonly cves: readonly string[];
  readonly suppressed: boolean;
  readonly reason: string | null;
  readonly exploited: boolean;
  readonly sampled: boolean;
  readonly occurrences: number;
  readonly contentHash: string;
  readonly locations: readonly PreparedLocation[];
  readonly evidence: readonly PreparedEvidence[];
}

/** What a report's records are prepared by. */
export interface Preparing {
  readonly source: string;
  readonly target: Asset | null;
  readonly targetName: string | null;
  /** Digests a secret, so that two of them are told apart. */
  readonly digest: (secret: string) => string;
}

/** Names that tools write where they have none. */
const placeholder = /^(?:requires login|n\/a|none|null|undefined|0+|(.)\1*)?$/i;

/** Prepares a finding of a report: resolves its asset, digests what makes it this one, masks what is secret. */
export function prepareFinding(record: FindingRecord, preparing: Preparing): PreparedFinding {
  const { rule, secret, score, confidence = "" } = record;
  const secrets = secret === undefined ? [] : [secret];
  const mask = (text: string) => maskText(text, { secrets }).text;
  const title = mask(record.title);
  const source = (record.source ?? preparing.source).slice(0, 50);
  const cves = [...new Set(record.ids.filter((id) => /^CVE-\d{4}-\d{4,}$/.test(id)))].toSorted();
  return {
    index: record.index ?? 0,
    source,
    asset: resolveAsset(record.asset, preparing.target, preparing.targetName),
    rule,
    ownKind: ownKindOf(source, record),
    contextKey: record.digests?.context ?? hashParts([...record.context, ...secrets.map(preparing.digest)]),
    toolKey: toolKeyOf(record),
    line: record.locations[0]?.startLine ?? null,
    positional: record.positional === true,
    title,
    severity: record.severity,
    score: score?.base ?? null,
    vector: vectorOf(score),
    cves,
    suppressed: record.state === "suppressed",
    reason: record.reason === undefined ? null : mask(record.reason).slice(0, 1000),
    exploited: record.knownExploited === true,
    sampled: record.sampled === true,
    occurrences: record.occurrences ?? 1,
    contentHash: hashParts([title, cves, confidence]),
    locations: record.locations.map((location) => prepareLocation(location, mask, record.command)),
    evidence: record.evidence.map(({ kind, content, location = null }) => {
      const { text, masked } = maskText(content, { secrets });
      return { kind, content: text, masked, location };
    }),
  };
}

function ownKindOf(source: string, { rule, locations: [first] }: FindingRecord): FindingKind | null {
  return kindOfMessage(source, rule.key, first?.message ?? "") ?? null;
}

function vectorOf(score: FindingRecord["score"]): string | null {
  return score === undefined || score.vector === "" ? null : score.vector.slice(0, 200);
}

/** The tool's own name of a finding, with the rule; null where it has none, or one that means nothing. */
function toolKeyOf({ rule, toolKey = "", digests }: FindingRecord): string | null {
  if (digests !== undefined) return digests.tool === "" ? null : digests.tool;
  return placeholder.test(toolKey) ? null : hashParts([rule.key, toolKey]);
}
