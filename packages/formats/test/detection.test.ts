import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { detectFormat, formats } from "@nerve/formats";
import { readAll, samples } from "./support/samples.ts";

/** How much surer the right format has to be than the next. */
const distance = 0.1;

/** Ways in which a report comes that say nothing of its format. */
const ways: readonly [way: string, of: (text: string) => Uint8Array][] = [
  ["as it is", (text) => Buffer.from(text)],
  ["packed", (text) => gzipSync(text)],
  ["behind a byte order mark", (text) => Buffer.from(`\u{FEFF}${text}`)],
  ["in UTF-16", (text) => Buffer.from(`\u{FEFF}${text}`, "utf16le")],
  ["with the line ends of Windows", (text) => Buffer.from(text.replaceAll(/\r?\n/g, "\r\n"))],
];
const recognisable = samples.filter(({ given }) => !given);

test("every format has a sample", () => {
  const known = new Set(samples.map(({ format }) => format));
  expect(formats.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});

test.each(ways)("a report %s is surely of its format", (_way, of) => {
  for (const { file, format, text } of recognisable) {
    const [best, second] = detectFormat(of(text));
    expect({ file, format: best?.format }).toEqual({ file, format });
    expect(best?.confidence).toBeGreaterThan(0.5);
    expect((best?.confidence ?? 0) - (second?.confidence ?? 0)).toBeGreaterThan(distance);
  }
});

test.each(ways)("a report %s is read to its end", async (way, of) => {
  for (const { file, format, text, given } of samples) {
    const { survey, records } = await readAll(of(text), given ? { format } : {});
    expect({ file, format: survey.format, outcome: survey.outcome }).toEqual({ file, format, outcome: "read" });
    const plain = await readAll(text, { format });
    expect(records.length).toBe(plain.records.length);
    // Line breaks may stand within texts, and are kept there.
    if (!way.includes("line ends")) expect(records).toEqual(plain.records);
  }
});

test("the beginning of a packed report is enough, however little of it there is", () => {
  const report = '{"template-id":"t","info":{"severity":"low"},"matched-at":"a.example.org:80"}\n';
  const packed = gzipSync(report.repeat(20_000));
  expect(gunzipSync(packed).length).toBeGreaterThan(packed.length * 100);
  expect(detectFormat(packed.subarray(0, 65_536))[0]?.format).toBe("nuclei");
  expect(detectFormat(packed.subarray(0, 200))[0]?.format).toBe("nuclei");
  expect(detectFormat(Buffer.concat([packed.subarray(0, 12), Buffer.alloc(200, 7)]))).toEqual([]);
});
