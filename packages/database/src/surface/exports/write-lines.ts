import type { FindingStatus } from "../../schema/surface/finding-words.ts";
import type { ExportedFinding, ExportedLocation, ExportedRule } from "./exported-finding.ts";
import { placeDetail } from "./place-detail.ts";

/** What a report can say of a finding in each state; what else people made of it, only `status` tells. */
const reported: Readonly<Record<FindingStatus, "present" | "suppressed" | "absent">> = {
  open: "present",
  confirmed: "present",
  fixed: "present",
  resolved: "absent",
  accepted: "suppressed",
  false_positive: "suppressed",
  out_of_scope: "suppressed",
  suppressed: "suppressed",
};

/** Writes a finding as a line of NERVE's own format, which an import takes back: all but evidence, and what follows by itself. */
export function lineOf({ finding, rule, cves, locations, tags, hasEquals }: ExportedFinding): string {
  const { source, title, severity, reportedSeverity, score, vector, status, statusReason } = finding;
  const line = given({
    kind: "finding",
    source,
    rule: ruleOf(rule),
    asset: assetOf(finding),
    title: text(title),
    severity,
    reportedSeverity: reportedSeverity === severity ? undefined : reportedSeverity,
    score,
    vector: text(vector),
    cves,
    exploited: finding.knownExploited || undefined,
    positional: hasEquals || undefined,
    state: reported[status],
    status,
    reason: text(statusReason),
    tags: list(tags),
    command: commandOf(locations),
    locations: locations.map(placeOf),
    keys: given({ context: text(finding.contextKey), tool: text(finding.toolKey) }),
  });
  return `${JSON.stringify(line)}\n`;
}

/** Without what there is not. */
function given(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** As the reader takes it: without spaces around it; undefined where nothing is left. */
function text(value: string | null | undefined): string | undefined {
  const trimmed = value?.trim() ?? "";
  return trimmed === "" ? undefined : trimmed;
}

function list(values: readonly string[] | null): readonly string[] | undefined {
  const texts = (values ?? []).flatMap((value) => text(value) ?? []);
  return texts.length === 0 ? undefined : texts;
}

function ruleOf({ key, kind, title, description, remediation, references, cwes, tags, severity }: ExportedRule) {
  return given({
    key: text(key),
    kind,
    title: text(title),
    severity,
    description: text(description),
    remediation: text(remediation),
    references: list(references),
    cwes: list(cwes),
    tags: list(tags),
  });
}

/** Services are named by host and port, and everything else by its key. */
function assetOf({ assetKind: kind, assetKey: key }: ExportedFinding["finding"]) {
  if (kind === "host") return { kind, host: key };
  if (kind !== "service") return given({ kind, name: text(key) });
  const [, host = key, port, transport] = /^(.*):(\d+)\/(\w+)$/.exec(key) ?? [];
  return given({ kind, host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port), transport });
}

function commandOf(locations: readonly ExportedLocation[]): string | undefined {
  return locations.map((location) => placeDetail(location).command).find((command) => command !== undefined);
}

function placeOf(location: ExportedLocation) {
  const { kind, url, method, parameter, filePath, startLine, endLine, component, version, fixedVersion } = location;
  const { message, address, startColumn, endColumn, others } = placeDetail(location);
  return given({
    kind,
    url: text(url),
    method: text(method),
    parameter: text(parameter),
    path: text(filePath),
    line: startLine,
    endLine: endLine === startLine ? undefined : endLine,
    startColumn,
    endColumn,
    component: text(component),
    version: text(version),
    fixedVersion: text(fixedVersion),
    address: text(address),
    message: text(message),
    occurrences: location.occurrences === 1 ? undefined : location.occurrences,
    detail: Object.keys(others).length === 0 ? undefined : others,
    key: text(location.locatorKey),
  });
}
