import type { Collector } from "../format/format.ts";
import { foldedCode, unlessHidden } from "../identity/folded-code.ts";
import { assetOf, readTarget } from "../identity/target.ts";
import { asText, firstText, isObject, type JsonObject, objectOf, objectsOf, textOf } from "../json/values.ts";
import type { Asset, FindingRecord, Location, Rule, Severity } from "../records/records.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";
import { isAddress, locationsOf, logicalName, pathOf } from "./places.ts";
import { messageOf, taxaOf } from "./rules.ts";
import type { Run } from "./run.ts";
import { exchangeOf, withRequest } from "./web.ts";

const levels: ReadonlyMap<string, Severity> = new Map([
  ["error", "high"],
  ["warning", "medium"],
  ["note", "low"],
  ["none", "info"],
]);

/** Kinds that say neither that something is wrong nor that it is not. */
const undecided = new Set(["review", "open", "informational"]);
const stepsKept = 50;

/** A result with what it refers to. */
interface Resolved {
  readonly result: JsonObject;
  readonly run: Run;
  readonly descriptor: JsonObject | undefined;
  readonly key: string;
  readonly kind: string;
  readonly level: string;
}

/** Reads a result: a finding, or a check where it passed. */
export function readResult(result: JsonObject, place: string, run: Run, into: Collector): void {
  const descriptor = run.descriptorOf(result);
  const key = firstText(
    textOf(result, "ruleId"),
    textOf(objectOf(result, "rule"), "id"),
    textOf(descriptor ?? {}, "id"),
  );
  const kind = firstText(textOf(result, "kind"), "fail");
  const level = levelOf(result, run, { key, descriptor });
  into.count("records");
  into.count("kinds", kind);
  into.count("raw", level);
  // The rules may stand behind the results; then the report is read once more.
  if (!run.hasTool) run.missed.add("tool");
  if (key === "") into.reject(place, "the result names no rule");
  else if (kind !== "notApplicable") record({ result, run, descriptor, key, kind, level }, into);
}

function record(resolved: Resolved, into: Collector): void {
  const { result, run, descriptor, key, kind } = resolved;
  const rule = withTaxa(run.ruleOf(key, descriptor), result);
  const message = messageOf(objectOf(result, "message"), descriptor, run.driver.messages);
  const locations = withRequest(locationsOf(result, run, message), result, message);
  const asset = assetOfResult(locations[0]?.url, run);
  // A log may hold the runs of several tools.
  const source = run.driver.name === "" ? {} : { source: run.driver.name };
  if (kind === "pass") into.record({ kind: "check", rule, asset, outcome: "pass", detail: message, ...source });
  else {
    if (isNamed(result)) into.count("fingerprinted");
    if (Object.hasOwn(result, "codeFlows")) into.count("withFlows");
    into.record({ ...findingOf(resolved, { rule, asset, locations }), ...source });
  }
}

function findingOf(
  { result, run, descriptor, key, kind, level }: Resolved,
  { rule, asset, locations }: Pick<FindingRecord, "rule" | "asset" | "locations">,
): FindingRecord {
  const place = placeOf(result, rule, locations);
  const [first, ...others] = place.locations;
  const flow = flowOf(result, run);
  const { occurrenceCount } = result;
  return {
    kind: "finding",
    rule,
    asset,
    title: rule.title,
    severity: undecided.has(kind) ? "info" : severityOf(result, descriptor, level),
    toolSeverity: firstText(scoreWord(result, descriptor), level),
    ids: idsOf(key, result),
    toolKey: toolKeyOf(result, key, firstText(first?.path ?? "", first?.url ?? "")),
    ...place,
    locations:
      first === undefined || flow.length === 0
        ? place.locations
        : [{ ...first, detail: { ...first.detail, flow } }, ...others],
    occurrences: typeof occurrenceCount === "number" && occurrenceCount > 0 ? occurrenceCount : undefined,
    positional: true,
    ...stateOf(result),
    evidence: exchangeOf(result),
    line: first?.startLine ?? 0,
  };
}

/** Its own, else what its invocation gave the rule, else the rule's own. */
function levelOf(
  result: JsonObject,
  run: Run,
  { key, descriptor }: { key: string; descriptor: JsonObject | undefined },
): string {
  const own = textOf(result, "level");
  if (levels.has(own)) return own;
  const usual = objectOf(descriptor ?? {}, "defaultConfiguration");
  const given = [run.overriddenLevel(result, descriptor ?? key), textOf(usual, "level")];
  return given.find((level) => levels.has(level)) ?? "warning";
}

/** `security-severity`, which is a number or, with some tools, a word. */
function scoreWord(result: JsonObject, descriptor: JsonObject | undefined): string {
  const [own = "", usual = ""] = [result, descriptor ?? {}].map((one) =>
    textOf(objectOf(one, "properties"), "security-severity"),
  );
  return firstText(own, usual);
}

function severityOf(result: JsonObject, descriptor: JsonObject | undefined, level: string): Severity {
  const said = scoreWord(result, descriptor);
  const number = said === "" ? Number.NaN : Number(said);
  if (number >= 0 && number <= 10) return severityOfScore(number);
  return severityOfWord(said) ?? levels.get(level) ?? "medium";
}

/** Results may name weaknesses that their rule does not. */
function withTaxa(rule: Rule, result: JsonObject): Rule {
  const more = cwesIn(taxaOf(result).join(" ")).filter((cwe) => rule.cwes?.includes(cwe) !== true);
  return more.length === 0 ? rule : { ...rule, cwes: [...(rule.cwes ?? []), ...more] };
}

function idsOf(key: string, result: JsonObject): string[] {
  const named = [key, ...taxaOf(result)].join(" ");
  if (!/CVE-|GHSA-/i.test(named)) return [];
  const advisories = Array.from(key.matchAll(/\bGHSA(?:-[\da-z]{4}){3}(?![\da-z])/gi), ([id]) => id);
  return [...cvesIn(named), ...advisories];
}

/** Code belongs to a repository; what has an address, to the service that answers there. */
function assetOfResult(url: string | undefined, run: Run): Asset {
  if (url !== undefined) return assetOf(readTarget(url));
  return { kind: "repository", name: run.repository };
}

/**
 * Path and code; else the function's name; else the path alone. Code that holds a secret is a digest of the identity, and
 * is not kept.
 */
function placeOf(
  result: JsonObject,
  rule: Rule,
  locations: readonly Location[],
): Pick<FindingRecord, "context" | "secret" | "locations"> {
  const [first] = locations;
  if (first === undefined || first.locator.length === 0)
    return { context: [logicalName(result)].filter((name) => name !== ""), locations };
  const path = first.path ?? first.url?.replace(/[?#].*$/s, "") ?? "";
  const code = foldedCode(asText(first.detail?.["snippet"]));
  if (rule.kind !== "secret" || code === "")
    return { context: [path, firstText(code, first.component ?? "")], locations };
  return { context: [path, ""], secret: code, locations: locations.map((one) => ({ ...one, detail: undefined })) };
}

function fingerprintsOf(result: JsonObject, key: string): [name: string, value: string][] {
  return Object.entries(objectOf(result, key))
    .map(([name, value]): [string, string] => [
      name,
      isObject(value) ? textOf(value, "value", "hash", "text") : asText(value),
    ])
    .filter(([, value]) => unlessHidden(value) !== "")
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function isNamed(result: JsonObject): boolean {
  return ["fingerprints", "partialFingerprints"].some((key) => fingerprintsOf(result, key).length > 0);
}

/** The tool's own name of a result; partial ones are its own only together with rule and path, and without columns. */
function toolKeyOf(result: JsonObject, rule: string, path: string): string | undefined {
  const whole = fingerprintsOf(result, "fingerprints");
  if (whole.length > 0) return whole.map((pair) => pair.join("=")).join(" ");
  const guid = textOf(result, "correlationGuid");
  if (guid !== "") return guid;
  const partial = fingerprintsOf(result, "partialFingerprints").filter(([name]) => !/column/i.test(name));
  return partial.length === 0 ? undefined : [rule, path, ...partial.map((pair) => pair.join("="))].join(" ");
}

function stateOf(result: JsonObject): Pick<FindingRecord, "state" | "reason"> {
  if (textOf(result, "baselineState") === "absent") return { state: "absent" };
  const suppressions = objectsOf(result, "suppressions");
  const isDoubted = suppressions.some((one) => ["underReview", "rejected"].includes(textOf(one, "status")));
  if (suppressions.length === 0 || isDoubted) return { state: "present" };
  const reasons = suppressions.map((one) => firstText(textOf(one, "justification"), textOf(one, "kind")));
  return { state: "suppressed", reason: [...new Set(reasons)].filter((reason) => reason !== "").join("; ") };
}

/** The steps of the first code flow, as `path:line message`; some have no place. */
function flowOf(result: JsonObject, run: Run): string[] {
  const flow = objectsOf(objectsOf(result, "codeFlows")[0] ?? {}, "threadFlows")[0] ?? {};
  const steps = objectsOf(flow, "locations").slice(0, stepsKept);
  return steps.map((step) => {
    const location = objectOf(step, "location");
    const physical = objectOf(location, "physicalLocation");
    const path = isAddress(textOf(objectOf(physical, "artifactLocation"), "uri"))
      ? textOf(objectOf(physical, "artifactLocation"), "uri")
      : pathOf(objectOf(physical, "artifactLocation"), run);
    const line = textOf(objectOf(physical, "region"), "startLine");
    return `${path}${line === "" ? "" : `:${line}`} ${textOf(objectOf(location, "message"), "text")}`.trim();
  });
}
