import { expect, test } from "vitest";
import type { FindingRecord } from "@nerve/formats";
import { readAll, sampleOf } from "../support/samples.ts";

interface Parts {
  driver?: object;
  results: object[];
  run?: object;
}

function sarifOf({ driver = {}, results, run = {} }: Parts): string {
  return JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "x", ...driver } }, results, ...run }] });
}

async function findingsOf(parts: Parts): Promise<FindingRecord[]> {
  const { records } = await readAll(sarifOf(parts));
  return records.filter((record) => record.kind === "finding");
}

const at = (uri: string, startLine?: number, text?: string) => ({
  physicalLocation: {
    artifactLocation: { uri },
    ...(startLine === undefined ? {} : { region: { startLine, ...(text === undefined ? {} : { snippet: { text } }) } }),
  },
});

test("results that stand before the tool are read with its rules, artifacts and messages", async () => {
  const { survey, records } = await readAll(sampleOf("sarif.sarif"));
  expect(survey).toMatchObject({
    source: "example-lint",
    tool: "Example Lint",
    toolVersion: "1.2.3",
    series: "nightly",
    coverage: { kind: "named", targets: [{ kind: "repository", name: "" }] },
    counts: { records: 2, runs: 1, kinds: { fail: 1, pass: 1 }, raw: { warning: 1, none: 1 } },
  });
  expect(records).toMatchObject([
    {
      rule: { key: "R1", title: "Rule one", cwes: ["CWE-79"] },
      severity: "high",
      toolSeverity: "8.1",
      context: ["src/a b.ts", "b = c"],
      toolKey: "R1 src/a b.ts primaryLocationLineHash=a1:1",
      locations: [{ kind: "code", locator: ["src/a b.ts"], startLine: 3, message: "Do not x here" }],
    },
    { kind: "check", rule: { key: "R2/a" }, outcome: "pass", detail: "fine" },
  ]);
});

test("equal code at several lines is several findings, and the same result twice is one with occurrences", async () => {
  const results = [3, 9, 3].map((line) => ({
    ruleId: "R",
    message: { text: "m" },
    locations: [at("a.c", line, "f ( x )")],
  }));
  const { survey, records } = await readAll(sarifOf({ results }));
  expect(records).toMatchObject([
    { index: 0, context: ["a.c", "f ( x )"], occurrences: 2 },
    { index: 1, positional: true },
  ]);
  expect(survey.repeated).toEqual([{ indexes: [0, 1], lines: [3, 9] }]);
});

test.each([
  [[], "present"],
  [[{ kind: "external" }], "suppressed"],
  [[{ kind: "inSource", status: "accepted", justification: "tested" }], "suppressed"],
  [[{ kind: "external" }, { kind: "external", status: "underReview" }], "present"],
  [[{ kind: "external", status: "rejected" }], "present"],
])("suppressions %j are %s", async (suppressions, state) => {
  const [finding] = await findingsOf({ results: [{ ruleId: "R", message: { text: "m" }, suppressions }] });
  expect(finding?.state).toBe(state);
});

test("what is undecided is no more than information, what does not apply is left out, and what is gone is absent", async () => {
  const kinds = ["review", "open", "informational", "notApplicable", "fail", "pass"];
  const results = kinds.map((kind) => ({ ruleId: "R", kind, level: "error", message: { text: kind } }));
  const gone = { ruleId: "R", level: "error", message: { text: "gone" }, baselineState: "absent" };
  const { records } = await readAll(sarifOf({ results: [...results, gone] }));
  expect(records.map((record) => (record.kind === "finding" ? [record.severity, record.state] : record.kind))).toEqual([
    ["info", "present"],
    ["info", "present"],
    ["info", "present"],
    ["high", "present"],
    "check",
    ["high", "absent"],
  ]);
});

test("a region that is told by its characters has no line, and its code is the context all the same", async () => {
  const region = { charOffset: 40, charLength: 7, snippet: { text: "eval(x)" } };
  const location = { physicalLocation: { artifactLocation: { uri: "a.c" }, region } };
  const [finding] = await findingsOf({ results: [{ ruleId: "R", message: { text: "m" }, locations: [location] }] });
  expect(finding).toMatchObject({ context: ["a.c", "eval(x)"], locations: [{ path: "a.c" }] });
  expect(finding?.locations[0]?.startLine).toBeUndefined();
});

test("paths of build machines are cut, by what the run says and by known folders", async () => {
  const run = {
    originalUriBaseIds: { ROOT: { uri: "file:///data/job-1/" }, SRC: { uri: "src", uriBaseId: "ROOT" } },
    invocations: [{ executionSuccessful: true, workingDirectory: { uri: "file:///srv/check" } }],
  };
  const uris = [
    "file:///data/job-1/a.c",
    "/srv/check/b.c",
    "file:///github/workspace/c.c",
    "file:///D:/a/r/r/d.c",
    "./e.c",
    "f\\g.c",
  ];
  const based = { physicalLocation: { artifactLocation: { uri: "h.c", uriBaseId: "SRC" } } };
  const results = [...uris.map((uri) => at(uri)), based].map((location) => ({
    ruleId: "R",
    message: { text: "m" },
    locations: [location],
  }));
  const findings = await findingsOf({ results, run });
  expect(findings.map(({ locations }) => locations[0]?.path)).toEqual([
    "a.c",
    "b.c",
    "c.c",
    "d.c",
    "e.c",
    "f/g.c",
    "src/h.c",
  ]);
});

test("rules are found by extension, number and the beginning of an id; keys of prototypes are ids", async () => {
  const extension = { name: "pack", rules: [{ id: "E1", properties: { "security-severity": "CRITICAL" } }] };
  const results = [
    { rule: { index: 0, toolComponent: { index: 0 } }, message: { text: "m" } },
    { ruleId: "D1/part", message: { text: "m" } },
    { ruleId: "__proto__", message: { text: "m" } },
    { ruleId: "constructor", message: { text: "m" } },
  ];
  const tool = {
    driver: { name: "x", rules: [{ id: "D1", defaultConfiguration: { level: "error" } }] },
    extensions: [extension],
  };
  const findings = await findingsOf({ results, run: { tool } });
  expect(findings.map(({ rule, severity }) => [rule.key, severity])).toEqual([
    ["E1", "critical"],
    ["D1/part", "high"],
    ["__proto__", "medium"],
    ["constructor", "medium"],
  ]);
});

test("fingerprints that are placeholders are none, and one that is wrapped in an object is read", async () => {
  const fingerprints = [{ a: "requires login" }, { a: { value: "f00" } }];
  const results = fingerprints.map((one, index) => ({
    ruleId: "R",
    message: { text: "m" },
    locations: [at(`${index}.c`)],
    fingerprints: one,
  }));
  const findings = await findingsOf({ results });
  expect(findings.map(({ toolKey }) => toolKey)).toEqual([undefined, "a=f00"]);
});

test("a code flow may have steps without a place, and a result none at all", async () => {
  const step = (location: object) => ({ location });
  const flow = { threadFlows: [{ locations: [step({ message: { text: "begins" } }), step(at("a.c", 4))] }] };
  const results = [
    { ruleId: "R", message: { text: "m" }, locations: [at("a.c", 5)], codeFlows: [flow] },
    { ruleId: "R", message: { text: "m" } },
  ];
  const findings = await findingsOf({ results });
  expect(findings.map(({ locations }) => locations[0])).toMatchObject([
    { detail: { flow: ["begins", "a.c:4"] } },
    { kind: "other", locator: [] },
  ]);
});

test("a run that failed covers nothing, and an address in the network is a service", async () => {
  const run = { invocations: [{ executionSuccessful: false }] };
  const { survey, records } = await readAll(
    sarifOf({
      run,
      results: [{ ruleId: "R", message: { text: "m" }, locations: [at("https://www.example.org/a?b=1")] }],
    }),
  );
  expect(survey.coverage.kind).toBe("none");
  expect(records).toMatchObject([
    { asset: { kind: "service", host: "www.example.org", port: 443 }, locations: [{ kind: "url" }] },
  ]);
});

test("an invocation changes the levels of rules, before its results or behind them", async () => {
  const rules = [{ id: "D0", defaultConfiguration: { level: "note" } }, { id: "D1" }, { id: "constructor" }];
  const tool = { driver: { name: "x", rules }, extensions: [{ name: "pack", rules: [{ id: "D1" }] }] };
  const to = (level: string, descriptor: object) => ({ descriptor, configuration: { level } });
  const first = [to("error", { id: "D0" }), to("none", { index: 1 }), { descriptor: { id: "constructor" } }];
  const second = [to("note", { index: 0, toolComponent: { name: "pack" } })];
  const results = [
    { ruleId: "D0" },
    { ruleId: "D1" },
    { rule: { index: 0, toolComponent: { index: 0 } }, provenance: { invocationIndex: 1 } },
    { ruleId: "D0", level: "warning" },
    { ruleId: "D0", provenance: {} },
    { ruleId: "constructor" },
  ].map((result, text) => ({ message: { text }, provenance: { invocationIndex: 0 }, ...result }));
  const invocations = [first, second].map((list) => ({ executionSuccessful: true, ruleConfigurationOverrides: list }));
  const expected = ["high", "info", "low", "medium", "low", "medium"];
  for (const run of [
    { tool, invocations, results },
    { results, tool, invocations },
  ]) {
    const { records, survey } = await readAll(JSON.stringify({ version: "2.1.0", runs: [run] }));
    expect(records.map((record) => record.kind === "finding" && record.severity)).toEqual(expected);
    expect(survey.counts["raw"]).toEqual({ error: 1, none: 1, note: 2, warning: 2 });
  }
  const [only] = await findingsOf({
    results: [{ ruleId: "D0", message: { text: "m" } }],
    run: { tool, invocations: invocations.slice(0, 1) },
  });
  expect(only?.severity).toBe("high");
});

test("the request and the response of a result are its evidence, and where it has no place, its place", async () => {
  const webRequest = {
    protocol: "HTTP",
    version: "1.1",
    method: "POST",
    target: "https://www.example.org:8443/login?next=1",
    headers: { Host: "www.example.org" },
    body: { text: "user=a" },
  };
  const body = { binary: Buffer.from("<b>büro</b>").toString("base64") };
  const webResponse = { statusCode: 500, reasonPhrase: "Oh", body };
  const findings = await findingsOf({
    results: [
      { ruleId: "R", message: { text: "m" }, webRequest, webResponse },
      { ruleId: "R", message: { text: "m" }, locations: [at("https://www.example.org/a")], webRequest },
      { ruleId: "R", message: { text: "m" }, locations: [at("a.c")], webRequest: { body: 7 } },
    ],
  });
  const request = "POST https://www.example.org:8443/login?next=1 HTTP/1.1\nHost: www.example.org\n\nuser=a";
  expect(findings).toMatchObject([
    {
      asset: { kind: "service", host: "www.example.org", port: 8443 },
      context: ["https://www.example.org:8443/login", ""],
      locations: [{ kind: "url", url: webRequest.target, method: "POST", message: "m" }],
      evidence: [
        { kind: "request", content: request },
        { kind: "response", content: "500 Oh\n\n<b>büro</b>" },
      ],
    },
    { locations: [{ url: "https://www.example.org/a", method: "POST" }], evidence: [{ kind: "request" }] },
    { locations: [{ kind: "code", path: "a.c" }], evidence: [] },
  ]);
});

test("code that holds a secret is a digest of the identity, and is not kept", async () => {
  const results = [{ ruleId: "R", message: { text: "m" }, locations: [at("a.env", 1, " KEY=very-invented-9")] }];
  const rules = [{ id: "R", properties: { tags: ["external/cwe/cwe-798"] } }];
  for (const driver of [{ rules }, { rules: [{ id: "R", properties: { tags: ["secrets"] } }] }, { name: "gitleaks" }]) {
    const [finding] = await findingsOf({ driver, results });
    expect(finding).toMatchObject({ rule: { kind: "secret" }, context: ["a.env", ""], secret: "KEY=very-invented-9" });
    expect(JSON.stringify({ ...finding, secret: "" })).not.toContain("very-invented");
  }
});
