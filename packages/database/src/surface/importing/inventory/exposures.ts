import { exposureRuleFor, exposureSource } from "@nerve/catalogues";
import { hostKey, isAddress, type Rule, type ScanRecord, type ServiceRecord } from "@nerve/formats";
import { isPublicAddress } from "./is-public-address.ts";
import { serviceRef } from "./merge-inventory.ts";
import { hashParts } from "../merging/hash-parts.ts";
import type { PreparedLocation } from "../merging/prepare-location.ts";
import type { PreparedFinding } from "../merging/prepare-record.ts";

/** The findings of NERVE's own that open services of a slice are, where the whole Internet reaches them. */
export function exposuresOf(records: readonly ScanRecord[]): PreparedFinding[] {
  const found = new Map<string, PreparedFinding>();
  for (const record of records) {
    if (record.kind !== "service" || record.state !== "open" || record.host === "" || !isPublic(record.host)) continue;
    const finding = exposureOf(record);
    if (finding !== undefined) found.set(`${finding.asset.key} ${finding.rule.key}`, finding);
  }
  return [...found.values()];
}

/** A name may lead anywhere; that it is not an address of an inner network is all that can be told of it here. */
function isPublic(host: string): boolean {
  const key = hostKey(host);
  if (isAddress(key)) return isPublicAddress(key);
  return key.includes(".") && !/(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|test|invalid)$/.test(key);
}

const nowhere: PreparedLocation["columns"] = {
  kind: "address",
  url: null,
  method: null,
  parameter: null,
  filePath: null,
  startLine: null,
  endLine: null,
  component: null,
  version: null,
  fixedVersion: null,
  detail: null,
};

function exposureOf(record: ServiceRecord): PreparedFinding | undefined {
  const exposure = exposureRuleFor(record);
  if (exposure === undefined) return undefined;
  const { key, title, description, remediation, severity } = exposure;
  const rule: Rule = { key, kind: "exposure", title, description, remediation, severity };
  return {
    index: record.index ?? 0,
    source: exposureSource,
    asset: serviceRef(record),
    rule,
    ownKind: null,
    contextKey: "",
    toolKey: null,
    line: null,
    positional: false,
    title,
    severity,
    score: null,
    vector: null,
    cves: [],
    suppressed: false,
    reason: null,
    exploited: false,
    sampled: false,
    occurrences: 1,
    contentHash: hashParts([title]),
    locations: [{ locatorKey: "", contentHash: hashParts(["address"]), occurrences: null, columns: nowhere }],
    evidence: [],
  };
}
