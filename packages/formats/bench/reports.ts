import type { ReportSource } from "@nerve/formats";

/** A report that is as long as is asked for, of records that differ as real ones do. */
export interface BenchReport {
  readonly format: string;
  readonly bytes: Buffer;
}

const sentence =
  "The remote service accepts what it should refuse, so that whoever reaches it over the network may read & change data. ";
const text = (number: number, sentences: number) => `${sentence.repeat(sentences)}See note ${number % 997}.`;

/** Begins a report, adds records until it is as long as is asked for, and ends it. */
function made(size: number, begin: string, record: (number: number) => string, end: string): Buffer {
  const parts = [Buffer.from(begin)];
  let length = parts[0]?.length ?? 0;
  for (let number = 0; length < size; number += 1) {
    const part = Buffer.from(record(number));
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat([...parts, Buffer.from(end)]);
}

const itemsOfHost = 200;

function nessusItem(number: number): string {
  const plugin = 10_000 + ((number * 7) % 2000);
  const item = `<ReportItem port="${number % 3 === 0 ? 443 : 0}" svc_name="www" protocol="tcp" severity="${number % 5}" pluginID="${plugin}" pluginName="Plugin ${plugin}" pluginFamily="Web Servers">
<cve>CVE-2026-${1000 + (plugin % 5000)}</cve>
<cvss_vector>CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P</cvss_vector>
<cvss3_vector>CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</cvss3_vector>
<description>${text(plugin, 6).replaceAll("&", "&amp;")}</description>
<fname>plugin_${plugin}.nasl</fname>
<plugin_modification_date>2026/01/02</plugin_modification_date>
<risk_factor>High</risk_factor>
<see_also>https://example.org/a/${plugin}
https://example.org/b/${plugin}</see_also>
<solution>${text(plugin, 1).replaceAll("&", "&amp;")}</solution>
<synopsis>The remote host is affected.</synopsis>
<plugin_output>Installed version : 1.${number % 10}
Fixed version     : 2.0</plugin_output>
</ReportItem>\n`;
  if (number % itemsOfHost !== 0) return item;
  const address = `192.0.2.${(number / itemsOfHost) % 256}`;
  const host = `<ReportHost name="${address}"><HostProperties><tag name="host-ip">${address}</tag><tag name="HOST_END">Tue Mar  3 06:06:07 2026</tag></HostProperties>\n`;
  return `${number === 0 ? "" : "</ReportHost>\n"}${host}${item}`;
}

const packet = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>${sentence.repeat(60)}</p>`);

function burpIssue(number: number): string {
  const path = `/catalogue/${number}/item`;
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: shop.example.org\r\nCookie: made=up\r\n\r\n`);
  return `<issue><serialNumber>${number}</serialNumber><type>${1_000_000 + (number % 60)}</type><name><![CDATA[Issue ${number % 60}]]></name>
<host ip="192.0.2.7">https://shop.example.org</host><path><![CDATA[${path}]]></path><location><![CDATA[${path} [q parameter]]]></location>
<severity>Medium</severity><confidence>Firm</confidence>
<issueBackground><![CDATA[<p>${text(number % 60, 6)}</p>]]></issueBackground><remediationBackground><![CDATA[<p>${text(number % 60, 3)}</p>]]></remediationBackground>
<issueDetail><![CDATA[The parameter <b>q</b> of ${path} is affected.]]></issueDetail>
<requestresponse><request method="GET" base64="true"><![CDATA[${request.toString("base64")}]]></request>
<response base64="true"><![CDATA[${packet.toString("base64")}]]></response><responseRedirected>false</responseRedirected></requestresponse></issue>\n`;
}

function grypeMatch(number: number): string {
  const id = `CVE-2026-${1000 + (number % 3000)}`;
  const name = `package-${number % 800}`;
  const match = {
    vulnerability: {
      id,
      dataSource: `https://example.org/${id}`,
      severity: "High",
      urls: [`https://example.org/a/${id}`, `https://example.org/b/${id}`],
      description: text(number % 3000, 4),
      cvss: [{ version: "3.1", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", metrics: { baseScore: 9.8 } }],
      fix: { versions: ["2.0.1"], state: "fixed" },
      advisories: [],
    },
    relatedVulnerabilities: [{ id, dataSource: `https://example.org/${id}`, urls: [], description: text(number, 2) }],
    matchDetails: [{ type: "exact-direct-match", matcher: "dpkg-matcher", searchedBy: { namespace: "x" }, found: {} }],
    artifact: {
      id: `a${number}`,
      name,
      version: `1.${number % 9}.0`,
      type: "deb",
      locations: [{ path: `/var/lib/dpkg/status.d/${name}`, layerID: `sha256:${"ab".repeat(32)}` }],
      licenses: ["MIT"],
      cpes: [`cpe:2.3:a:${name}:${name}:1.0:*:*:*:*:*:*:*`],
      purl: `pkg:deb/debian/${name}@1.0`,
      upstreams: [],
    },
  };
  return `${number === 0 ? "" : ","}${JSON.stringify(match)}`;
}

function sarifResult(number: number): string {
  const index = number % 300;
  const line = 1 + (number % 2000);
  const region = { startLine: line, endLine: line, startColumn: 5, endColumn: 60 };
  const result = {
    ruleId: `example/rule-${index}`,
    ruleIndex: index,
    level: "warning",
    message: { text: text(index, 3) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: `src/module-${number % 500}/file-${number % 37}.ts`, uriBaseId: "%SRCROOT%" },
          region: { ...region, snippet: { text: `    const answer${number} = request.query("q" + index);` } },
          contextRegion: { startLine: line, endLine: line + 2, snippet: { text: `// before\nx(${number})\n// after` } },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${number.toString(16)}:1` },
    properties: { confidence: "high" },
  };
  return `${number === 0 ? "" : ","}${JSON.stringify(result)}`;
}

function nucleiMatch(number: number): string {
  const host = `host-${number % 700}.example.org`;
  const template = `template-${number % 900}`;
  const match = {
    template: `http/exposures/${template}.yaml`,
    "template-id": template,
    info: {
      name: `Template ${number % 900}`,
      author: ["somebody"],
      tags: ["exposure", "config"],
      description: text(number % 900, 2),
      reference: [`https://example.org/${template}`],
      severity: "medium",
      classification: { "cve-id": null, "cwe-id": ["cwe-200"] },
    },
    type: "http",
    host: `https://${host}`,
    "matched-at": `https://${host}/${number}/config`,
    request: `GET /${number}/config HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Mozilla/5.0\r\n\r\n`,
    response: `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${sentence.repeat(8)}`,
    ip: "192.0.2.7",
    timestamp: "2026-03-04T05:06:07Z",
    "curl-command": `curl -X 'GET' 'https://${host}/${number}/config'`,
    "matcher-status": true,
  };
  return `${JSON.stringify(match)}\n`;
}

const sarifRules = JSON.stringify(
  Array.from({ length: 300 }, (_, index) => ({
    id: `example/rule-${index}`,
    shortDescription: { text: `Rule ${index}` },
    fullDescription: { text: text(index, 4) },
    properties: { tags: ["external/cwe/cwe-079"], "security-severity": "7.5" },
  })),
);

const makers: Readonly<Record<string, (size: number) => Buffer>> = {
  nessus: (size) =>
    made(
      size,
      '<?xml version="1.0" ?>\n<NessusClientData_v2><Report name="weekly">\n',
      nessusItem,
      "</ReportHost></Report></NessusClientData_v2>\n",
    ),
  burp: (size) => made(size, '<?xml version="1.0"?>\n<issues burpVersion="2026.1">\n', burpIssue, "</issues>\n"),
  grype: (size) =>
    made(
      size,
      '{"matches":[',
      grypeMatch,
      '],"source":{"type":"image","target":{"userInput":"team/shop:2"}},"descriptor":{"name":"grype","version":"0.99.1"}}',
    ),
  sarif: (size) =>
    made(
      size,
      `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Example","rules":${sarifRules}}},"results":[`,
      sarifResult,
      "]}]}",
    ),
  nuclei: (size) => made(size, "", nucleiMatch, ""),
};

/** An invented report of a format, of a size in bytes. */
export function benchReport(format: string, size: number): BenchReport {
  const make = makers[format];
  if (make === undefined) throw new Error(`there is no report of ${format}`);
  return { format, bytes: make(size) };
}

/** The pieces in which a file would be read. */
export function* piecesOf({ bytes }: BenchReport): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

export function sourceOf(report: BenchReport): ReportSource {
  return {
    size: report.bytes.length,
    async *open() {
      yield* piecesOf(report);
    },
  };
}
