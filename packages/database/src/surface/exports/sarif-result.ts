import { severityOfScore } from "@nerve/formats";
import type { Severity } from "../../schema/surface/assets.ts";
import type { FindingStatus } from "../../schema/surface/finding-words.ts";
import { hashParts } from "../importing/merging/hash-parts.ts";
import type { ExportedFinding, ExportedLocation } from "./exported-finding.ts";
import { placeDetail } from "./place-detail.ts";
import { uriOfAddress, uriOfPath, uriReference } from "./sarif-uri.ts";

export const sarifLevel: Readonly<Record<Severity, "error" | "warning" | "note" | "none">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "none",
};

/** A score in the band of each severity. */
const usualScore: Readonly<Record<Severity, number>> = { critical: 9.5, high: 8, medium: 5.5, low: 2, info: 0 };

/** The number that says how severe a finding is: its score where that is as severe, else one that is. */
export function securitySeverity(severity: Severity, score: number | null): string {
  const isOfBand = score !== null && severityOfScore(score, "3.1") === severity;
  return (isOfBand ? score : usualScore[severity]).toFixed(1);
}

/** The states in which a finding is there and does not count. */
const suppressed: ReadonlySet<FindingStatus> = new Set(["accepted", "false_positive", "out_of_scope", "suppressed"]);

/** Writes a finding as a result. */
export function resultOf(exported: ExportedFinding, ruleIndex: number) {
  const { finding, rule, cves, tags } = exported;
  const { severity, status, statusReason, title, score } = finding;
  return {
    ruleId: rule.key,
    ruleIndex,
    // What is no more than worth knowing has no level.
    ...(severity === "info" ? { kind: "informational" } : {}),
    level: sarifLevel[severity],
    message: { text: title },
    locations: locationsOf(exported),
    partialFingerprints: { "nerve/v1": fingerprintOf(exported) },
    ...(suppressed.has(status) ? { suppressions: [suppressionOf(status, statusReason)] } : {}),
    ...(status === "resolved" ? { baselineState: "absent" } : {}),
    properties: {
      "security-severity": securitySeverity(severity, score),
      severity,
      status,
      risk: finding.risk,
      knownExploited: finding.knownExploited,
      ...(finding.epss === null ? {} : { epss: finding.epss }),
      ...(finding.vector === null ? {} : { vector: finding.vector }),
      ...(cves.length === 0 ? {} : { cves }),
      ...(tags.length === 0 ? {} : { tags: [...new Set(tags)] }),
      asset: { kind: finding.assetKind, name: finding.assetName },
      openedAt: finding.openedAt.toISOString(),
      ...(finding.dueAt === null ? {} : { dueAt: finding.dueAt.toISOString() }),
      ...(finding.resolvedAt === null ? {} : { resolvedAt: finding.resolvedAt.toISOString() }),
    },
  };
}

/** The same in every database that knows the finding. */
function fingerprintOf({ finding, rule }: ExportedFinding): string {
  const { source, assetKind, assetKey, contextKey, ordinal } = finding;
  return hashParts([source, rule.key, assetKind, assetKey, contextKey, ordinal]);
}

function suppressionOf(status: FindingStatus, reason: string | null) {
  const justification = reason === null || reason === "" ? status.replaceAll("_", " ") : reason;
  return { kind: "external", status: "accepted", justification };
}

/** The places of a finding; its asset where it has none. */
function locationsOf({ finding, locations }: ExportedFinding) {
  const asset = { name: finding.assetName, fullyQualifiedName: finding.assetName, kind: finding.assetKind };
  if (locations.length === 0) return [{ logicalLocations: [asset] }];
  return locations.map((location) => ({
    ...physicalOf(location),
    logicalLocations: [asset, ...packageOf(location)],
    ...messageOf(location),
  }));
}

function physicalOf(location: ExportedLocation) {
  const uri = uriOf(location);
  if (uri === undefined) return {};
  const region = regionOf(location);
  return { physicalLocation: { artifactLocation: { uri }, ...(region === undefined ? {} : { region }) } };
}

/** The address or path of a place as a reference; undefined where it has neither. */
function uriOf({ url, filePath }: ExportedLocation): string | undefined {
  if (url !== null && url !== "") return uriOfAddress(url) ?? uriReference(url);
  return filePath === null || filePath === "" ? undefined : uriOfPath(filePath);
}

/** Lines and columns, as far as they go together. */
function regionOf(location: ExportedLocation) {
  const { startLine } = location;
  if (startLine === null || startLine < 1) return undefined;
  const { startColumn = 0, endColumn = 0 } = placeDetail(location);
  const endLine = Math.max(startLine, location.endLine ?? startLine);
  const hasColumns = startColumn >= 1 && (endLine > startLine || endColumn >= startColumn);
  return { startLine, endLine, ...(hasColumns ? { startColumn, ...(endColumn >= 1 ? { endColumn } : {}) } : {}) };
}

function packageOf({ component, version }: ExportedLocation) {
  if (component === null || component === "") return [];
  const name = version === null || version === "" ? component : `${component}@${version}`;
  return [{ name: component, fullyQualifiedName: name, kind: "package" }];
}

function messageOf(location: ExportedLocation) {
  const { message } = placeDetail(location);
  return message === undefined || message === "" ? {} : { message: { text: message } };
}
