import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { defaultLimits, type Limits } from "@nerve/formats";
import { readAll } from "./support/samples.ts";

const match = (name: string, more = "") =>
  `{"template-id":"${name}","info":{"severity":"low"},"matched-at":"a.example.org:80"${more}}\n`;
const run = (inner: string) =>
  `<?xml version="1.0"?><nmaprun>${inner}<runstats><finished time="1790000200" exit="success"/></runstats></nmaprun>`;
const sarif = (inner: string) =>
  `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","p":${inner}}},"results":[]}]}`;
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const element = (attributes: number) => `<a ${Array.from({ length: attributes }, (_, n) => `a${n}=""`).join(" ")}/>`;
const mebi = 1024 * 1024;

// What passes, and what passes no more; what is nested stands within one element, or within four objects and a list.
test.each<[string, string | Uint8Array, string | Uint8Array, string]>([
  ["depth of XML", run(nested("<a>", "</a>", 63)), run(nested("<a>", "</a>", 64)), "REPORT_UNSAFE"],
  ["attributes", run(element(256)), run(element(257)), "REPORT_UNSAFE"],
  ["text of XML", run("x".repeat(mebi)), run("x".repeat(17 * mebi)), "REPORT_UNSAFE"],
  ["depth of JSON", sarif(nested("[", "]", 59)), sarif(nested("[", "]", 60)), "REPORT_UNSAFE"],
  ["a string", sarif(`"${"x".repeat(mebi)}"`), sarif(`"${"x".repeat(17 * mebi)}"`), "REPORT_UNSAFE"],
  [
    "depth of a line",
    match("t", `,"x":${nested("[", "]", 63)}`),
    match("t", `,"x":${nested("[", "]", 64)}`),
    "REPORT_UNSAFE",
  ],
  [
    "growth of what is packed",
    gzipSync(match("t").repeat(11_000)),
    gzipSync(match("t") + " ".repeat(8 * mebi)),
    "REPORT_TOO_LARGE",
  ],
])("by default, %s passes within its limit and is refused above it", async (_what, passes, refused, code) => {
  await expect(readAll(passes)).resolves.toMatchObject({ survey: { rejected: 0 } });
  await expect(readAll(refused)).rejects.toMatchObject({ code });
});

test("by default, a line of more than 16 MiB is rejected", async () => {
  const long = (length: number) => match("t", `,"x":"${"x".repeat(length)}"`);
  const { survey } = await readAll(long(mebi) + long(17 * mebi) + match("t"));
  expect(survey).toMatchObject({ rejected: 1, rejects: [{ place: "line 2" }], counts: { records: 2 } });
});

// What takes seconds at its real size: exactly as much as is allowed passes, and one more does not.
const two = match("t") + match("u");
test.each<[keyof Limits, number, string | Uint8Array]>([
  ["report", two.length, two],
  ["unpacked", two.length, gzipSync(two)],
  ["records", 2, two],
  ["rules", 2, two],
])("the limit %s is exact", async (limit, allowed, report) => {
  expect(defaultLimits[limit]).toBeGreaterThanOrEqual(100_000);
  const survey = await readAll(report, { limits: { [limit]: allowed } });
  expect(survey.records).toHaveLength(2);
  await expect(readAll(report, { limits: { [limit]: allowed - 1 } })).rejects.toMatchObject({
    code: "REPORT_TOO_LARGE",
  });
});

test("a value of JSON that is kept whole is refused where it is larger than its limit", async () => {
  const results = (length: number) =>
    `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"ruleId":"R","message":{"text":"m"},"p":[${'"x",'.repeat(length)}1]}]}]}`;
  const limits = { jsonElement: 10_000 };
  await expect(readAll(results(1000), { limits })).resolves.toMatchObject({ survey: { counts: { records: 1 } } });
  await expect(readAll(results(4000), { limits })).rejects.toMatchObject({ code: "REPORT_UNSAFE" });
});
