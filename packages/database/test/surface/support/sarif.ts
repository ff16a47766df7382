import { expect } from "vitest";

type Members = Readonly<Record<string, unknown>>;

/** What the standard lets stand in an object: the members, each with what it has to be. */
type Shape = Readonly<Record<string, (value: unknown) => void>>;

const isText = (value: unknown) => expect(value).toBeTypeOf("string");
const isLine = (value: unknown) => expect(value).toSatisfy((line) => Number.isInteger(line) && (line as number) >= 1);
const isOneOf = (words: readonly string[]) => (value: unknown) => expect(words).toContain(value);
const isReference = (value: unknown) =>
  expect(value).toMatch(/^(?:[a-z]+:\/\/[\w\-.:[\]]+)?(?:[\w\-.~:/?#@!$&'()*+,;=]|%[\dA-F]{2})+$/i);
const isAddress = (value: unknown) => expect(URL.canParse(value as string)).toBe(true);
const isBag = (value: unknown) => {
  const { tags = [] } = value as { tags?: string[] };
  expect(new Set(tags).size).toBe(tags.length);
};
const isListOf = (check: (value: unknown) => void) => (value: unknown) => {
  expect(value).toBeInstanceOf(Array);
  for (const one of value as unknown[]) check(one);
};

/** An object of no other members than these, of which some have to be there. */
function isObjectOf(shape: Shape, required: readonly string[] = []) {
  return (value: unknown) => {
    expect(Object.keys(value as Members)).toEqual(expect.arrayContaining([...required]));
    for (const [name, member] of Object.entries(value as Members)) {
      expect(Object.keys(shape), `a member ${name}`).toContain(name);
      shape[name]?.(member);
    }
  };
}

const isMessage = isObjectOf({ text: isText }, ["text"]);
const isRegion = isObjectOf({ startLine: isLine, endLine: isLine, startColumn: isLine, endColumn: isLine });
const isLocation = isObjectOf({
  physicalLocation: isObjectOf({ artifactLocation: isObjectOf({ uri: isReference }, ["uri"]), region: isRegion }, [
    "artifactLocation",
  ]),
  logicalLocations: isListOf(isObjectOf({ name: isText, fullyQualifiedName: isText, kind: isText })),
  message: isMessage,
});
const levels = ["none", "note", "warning", "error"];

const isResult = isObjectOf(
  {
    ruleId: isText,
    ruleIndex: (value) => expect(value).toBeGreaterThanOrEqual(0),
    kind: isOneOf(["notApplicable", "pass", "fail", "review", "open", "informational"]),
    level: isOneOf(levels),
    message: isMessage,
    locations: isListOf(isLocation),
    partialFingerprints: (value) => isListOf(isText)(Object.values(value as Members)),
    suppressions: isListOf(
      isObjectOf(
        {
          kind: isOneOf(["inSource", "external"]),
          status: isOneOf(["accepted", "underReview", "rejected"]),
          justification: isText,
        },
        ["kind"],
      ),
    ),
    baselineState: isOneOf(["new", "unchanged", "updated", "absent"]),
    properties: isBag,
  },
  ["message"],
);

const isRule = isObjectOf(
  {
    id: isText,
    shortDescription: isMessage,
    fullDescription: isMessage,
    help: isMessage,
    helpUri: isAddress,
    defaultConfiguration: isObjectOf({ level: isOneOf(levels) }),
    properties: isBag,
  },
  ["id"],
);

export interface SarifRunOfTest {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly (Members & { id: string })[] } };
  readonly results: readonly (Members & {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly kind?: string;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly locations: readonly unknown[];
    readonly properties: Members;
  })[];
}

/** Reads a log, and expects of it what SARIF 2.1.0 demands of the members that NERVE writes; it lets no other one stand. */
export function readSarif(text: string): readonly SarifRunOfTest[] {
  const log = JSON.parse(text) as { runs: readonly SarifRunOfTest[] };
  isObjectOf(
    {
      $schema: isAddress,
      version: (value) => expect(value).toBe("2.1.0"),
      runs: isListOf(
        isObjectOf(
          {
            tool: isObjectOf({ driver: isObjectOf({ name: isText, rules: isListOf(isRule) }, ["name"]) }, ["driver"]),
            results: isListOf(isResult),
          },
          ["tool"],
        ),
      ),
    },
    ["version", "runs"],
  )(log);
  for (const { tool, results } of log.runs) {
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { ruleId, ruleIndex, level, kind = "fail" } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
      if (kind !== "fail") expect(level).toBe("none");
    }
  }
  return log.runs;
}
