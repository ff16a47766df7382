import { expect, test } from "vitest";
import { readAll, sampleOf } from "../support/samples.ts";

const expected = [
  {
    rule: { key: "999957", title: "The header is missing." },
    asset: { kind: "service", host: "www.example.org", port: 8080 },
    severity: "info",
    locations: [{ locator: ["GET", "/", "The header is missing."], url: "http://www.example.org:8080/" }],
  },
  { ids: ["CVE-2026-1001"], locations: [{ locator: ["GET", "/a", "Another: CVE-2026-1001"] }] },
];

test("a list, one object, several, and commas too many give the same findings", async () => {
  const list = sampleOf("nikto.json").trim();
  const object = list.slice(1, -1);
  const ways = [list, object, `${object}\n${object}`, object.replace(/\}\]\}$/, "},],},")];
  for (const way of ways) {
    const { survey, records } = await readAll(way);
    expect(survey).toMatchObject({ format: "nikto", outcome: "read", coverage: { kind: "named" } });
    expect(records.slice(0, 2)).toMatchObject(expected);
    expect(records).toHaveLength(way.split("999957").length - 1);
  }
});

test("XML of several runs, each within a further root, gives them too", async () => {
  const run = `<?xml version="1.0" ?>
<!DOCTYPE niktoscan SYSTEM "docs/nikto.dtd">
<niktoscan><niktoscan version="2.5.0"><scandetails targetip="192.0.2.7" targethostname="www.example.org" targetport="8080" starttime="2026-03-03 05:06:07">
<item id="999957" method="GET"><description><![CDATA[The header is missing.]]></description><uri><![CDATA[/]]></uri></item>
<item id="999957" method="GET"><description>Another: CVE-2026-1001</description><uri>/a</uri></item>
<statistics endtime="1970-01-01 00:00:00"/></scandetails></niktoscan></niktoscan>`;
  const { survey, records } = await readAll(`${run}\n${run}`);
  expect(survey).toMatchObject({
    format: "nikto",
    toolVersion: "2.5.0",
    startedAt: new Date("2026-03-03T05:06:07Z"),
    finishedAt: null,
    counts: { records: 4 },
  });
  expect(records.slice(0, 2)).toMatchObject(expected);
});

test("a run follows another with a declaration, a document type, or neither, in pieces of any size", async () => {
  const item = '<item id="1" method="GET"><description><![CDATA[<niktoscan>]]></description><uri>/</uri></item>';
  const root = `<niktoscan><scandetails targethostname="www.example.org" targetport="80">${item}</scandetails></niktoscan>`;
  const starts = ['<?xml version="1.0" ?>\n', '<!DOCTYPE niktoscan SYSTEM "x.dtd">', "", "<!-- next -->\n"];
  const text = starts.map((start) => `${start}${root}\n`).join("");
  for (const size of [1, 50, 10_000]) {
    const { survey } = await readAll(text, { size });
    expect(survey).toMatchObject({ outcome: "read", counts: { records: 4 } });
  }
  const cut = await readAll(`${root.slice(0, -20)}<?xml version="1.0"?>${root}`);
  expect(cut.survey).toMatchObject({ outcome: "partial", counts: { records: 2 } });
  await expect(readAll(`${root}text${root}`)).rejects.toMatchObject({ code: "REPORT_MALFORMED" });
});
