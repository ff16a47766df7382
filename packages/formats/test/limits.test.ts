import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { FormatError, type Limits, readRecords, surveyReport } from "@nerve/formats";
import { readAll, reportOf, sampleOf } from "./support/samples.ts";

async function refusalOf(content: string | Uint8Array, limits: Partial<Limits> = {}, format?: string) {
  const error = await surveyReport(reportOf(content), { limits, format }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  const { code, place, message } = error as FormatError;
  return { code, place, message };
}

const match = '{"template-id":"t","info":{"severity":"low"},"matched-at":"a.example.org:80"}\n';
const run = (inner: string, before = "") => `<?xml version="1.0"?>${before}<nmaprun>${inner}</nmaprun>`;
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const runs = (inner: string) =>
  `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","p":${inner}}},"results":[]}]}`;

test.each<[string, string | Uint8Array, Partial<Limits>, string]>([
  ["larger than the limit", match, { report: 10 }, "REPORT_TOO_LARGE"],
  ["larger when unpacked", gzipSync(match.repeat(9)), { unpacked: 500 }, "REPORT_TOO_LARGE"],
  ["many times larger when unpacked", gzipSync(match.repeat(20_000)), { ratio: 20 }, "REPORT_TOO_LARGE"],
  ["of too many records", match.repeat(3), { records: 2 }, "REPORT_TOO_LARGE"],
  ["of too many rules", match + match.replace('"t"', '"u"'), { rules: 1 }, "REPORT_TOO_LARGE"],
  ["deep in XML", run(nested("<a>", "</a>", 64)), {}, "REPORT_UNSAFE"],
  [
    "of an element with many attributes",
    run(`<a ${Array.from({ length: 257 }, (_, n) => `a${n}=""`).join(" ")}/>`),
    {},
    "REPORT_UNSAFE",
  ],
  ["of long text between tags", run("x".repeat(200_000)), { xmlText: 100_000 }, "REPORT_UNSAFE"],
  ["of a large element", run(`<host>${"<a/>".repeat(50_000)}</host>`), { xmlElement: 100_000 }, "REPORT_UNSAFE"],
  ["deep in JSON", runs(nested("[", "]", 64)), {}, "REPORT_UNSAFE"],
  ["of a large value", runs(`[${'"x",'.repeat(50_000)}1]`), { jsonElement: 100_000 }, "REPORT_UNSAFE"],
  ["of a long string", runs(`"${"x".repeat(200_000)}"`), { jsonString: 100_000 }, "REPORT_UNSAFE"],
  ["deep in a line", `{"template-id":${nested("[", "]", 70)},"info":{}}`, {}, "REPORT_UNSAFE"],
  ["with an entity", run("&a;", '<!DOCTYPE nmaprun [<!ENTITY a "aaa">]>'), {}, "REPORT_UNSAFE"],
  ["with an external entity", run("", '<!DOCTYPE nmaprun [<!ENTITY a SYSTEM "file:///x">]>'), {}, "REPORT_UNSAFE"],
  ["with a parameter entity", run("", '<!DOCTYPE nmaprun [<!ENTITY % a "aaa">]>'), {}, "REPORT_UNSAFE"],
  ["malformed in the middle", '{"version":"2.1.0","runs":[{"tool":oops}]}', {}, "REPORT_MALFORMED"],
  ["of a damaged stream", gzipSync(match.repeat(99)).fill(7, 20, 40), {}, "REPORT_MALFORMED"],
  ["a ZIP archive", "PK\u0003\u0004xxxxxxxx", {}, "FORMAT_UNKNOWN"],
  ["nothing known", '{"hello":"world"}', {}, "FORMAT_UNKNOWN"],
  ["empty without a name", "", {}, "FORMAT_UNKNOWN"],
])("a report %s is refused", async (_what, content, limits, code) => {
  const refusal = await refusalOf(content, limits);
  expect(refusal.code).toBe(code);
  expect(refusal.message).not.toMatch(/oops|hello|aaa|xxxx/);
});

test("what declares elements only is read, and an unknown reference is malformed", async () => {
  const declared = '<!DOCTYPE nmaprun [<!ELEMENT nmaprun (host*)><!ATTLIST nmaprun a CDATA "">]>';
  expect((await readAll(run("", declared))).survey.outcome).toBe("partial");
  const refusal = await refusalOf('<?xml version="1.0"?>\n<x>&unknown;</x>', {}, "masscan");
  expect(refusal).toMatchObject({ code: "REPORT_MALFORMED" });
});

test("a line that is too long is a reject", async () => {
  const { survey } = await readAll(match + match.replace("low", "low ".repeat(100)) + match, { limits: { line: 200 } });
  expect(survey).toMatchObject({ rejected: 1, rejects: [{ place: "line 2" }], counts: { records: 2 } });
});

test("packed reports are read as others, with the digest of what was given, and one that is cut off is partial", async () => {
  const packed = gzipSync(sampleOf("nmap.xml"));
  const whole = await readAll(packed);
  expect(whole.records).toEqual((await readAll(sampleOf("nmap.xml"))).records);
  expect(whole.survey.bytes).toBe(packed.length);
  const cut = await readAll(gzipSync(match.repeat(2000)).subarray(0, -20), { format: "nuclei" });
  expect(cut.survey).toMatchObject({ outcome: "partial", coverage: { kind: "none" } });
});

test.each(["utf-16le", "utf-16be", "latin1"])("a report in %s is read", async (encoding) => {
  const text = run(
    '<host><address addr="192.0.2.1" addrtype="ipv4"/><hostnames><hostname name="büro" type="user"/></hostnames></host>',
  );
  const declared = encoding === "latin1" ? text.replace('"1.0"', '"1.0" encoding="ISO-8859-1"') : `\u{FEFF}${text}`;
  const bytes = Buffer.from(declared, encoding === "latin1" ? "latin1" : "utf16le");
  const { records } = await readAll(encoding === "utf-16be" ? bytes.swap16() : bytes, { format: "nmap" });
  expect(records).toMatchObject([{ host: "büro" }]);
});

test("wrong bytes, control characters, lone surrogates and long texts are mended and counted", async () => {
  const name = `a\u0000b\\ud800${"x".repeat(600)}`;
  const text = match.replace('"severity"', `"name":"${name.replace("\u0000", String.raw`\u0000`)}","severity"`);
  const bytes = Buffer.concat([Buffer.from(text.replace("a.example.org", "?.example.org"))]);
  bytes[bytes.indexOf("?.example")] = 0xff;
  const { survey, records } = await readAll(bytes);
  expect(records).toMatchObject([{ title: `ab\u{FFFD}${"x".repeat(496)}…` }]);
  expect(survey.warnings).toEqual([
    "1 characters are none of the encoding utf-8, and were replaced",
    expect.stringContaining("control characters"),
    expect.stringContaining("too long"),
  ]);
});

test("nothing found may be an empty file, null, or an empty list", async () => {
  for (const content of ["", "null", " [ ]\n"]) {
    expect((await readAll(content, { format: "nuclei" })).survey).toMatchObject({
      outcome: "read",
      coverage: { kind: "hits" },
    });
    expect((await readAll(content, { name: "nuclei.jsonl" })).survey.format).toBe("nuclei");
    expect((await readAll(content, { format: "sarif" })).survey.coverage.kind).toBe("none");
  }
});

test("too many rejects leave a report of named coverage nothing to speak for", async () => {
  const results = Array.from({ length: 10 }, (_, n) => (n === 0 ? 1 : { ruleId: "R", message: { text: String(n) } }));
  const report = JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "x" } }, results }] });
  const { survey } = await readAll(report);
  expect(survey).toMatchObject({ outcome: "read", rejected: 1, coverage: { kind: "none" } });
});

test("a report that changes between the passes is refused, and one that is given up is no more read", async () => {
  const survey = await surveyReport(reportOf(match));
  const read = async () => {
    for await (const batch of readRecords(reportOf(match + match), survey)) expect(batch.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toMatchObject({ code: "REPORT_MALFORMED" });
  const signal = AbortSignal.abort(new Error("given up"));
  await expect(surveyReport(reportOf(match), { signal })).rejects.toThrow("given up");
});
