import type { Collector } from "../format/format.ts";
import { countOf, isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from "../json/values.ts";
import type { Asset, Transport } from "../records/records.ts";
import { bestScore } from "../severity/cvss.ts";
import { cvesIn } from "../severity/ids.ts";
import { severityOfScore, severityOfWord } from "../severity/severity.ts";

interface Context {
  readonly into: Collector;
  readonly isNew: (key: string) => boolean;
  readonly covered: (host: string) => void;
}

/** Reads a port with the CVEs of what answers there. */
export function readPort(value: JsonObject, place: string, { into, isNew, covered }: Context): void {
  const host = textOf(value, "ip", "host");
  const port = countOf(value, "port");
  if (host === "" || port === undefined || port < 1 || port > 65_535) {
    into.reject(place, "the port has no address or number", true);
    return;
  }
  covered(host);
  const transport: Transport = textOf(value, "protocol", "transport").toLowerCase() === "udp" ? "udp" : "tcp";
  const service = { host, port, transport };
  const [word, product, version] = [textOf(value, "state"), textOf(value, "product"), textOf(value, "version")];
  const state = word === "" || word === "open" ? "open" : word === "closed" ? "closed" : "unknown";
  if (isNew(`${host} ${port} ${transport}`)) {
    const details = version === "" ? {} : { details: { version } };
    into.record({ kind: "service", ...service, state, service: textOf(value, "service"), product, ...details });
  }
  // Older rows have their ids only.
  for (const cve of [...listOf(value, "cves"), ...listOf(value, "vulnerabilities")]) {
    const found = isObject(cve) ? cve : { cve_id: cve };
    const [key] = cvesIn(textOf(found, "cve_id", "id"));
    if (key === undefined) into.reject(place, "a vulnerability has no CVE", true);
    else if (isNew(`${host} ${port} ${transport} ${key}`)) readCve(found, key, { kind: "service", ...service }, into);
  }
}

function readCve(found: JsonObject, key: string, asset: Asset & { kind: "service" }, into: Collector): void {
  const word = textOf(found, "severity");
  const score = bestScore([textOf(found, "cvss_vector")], numberOf(found, "cvss_score"));
  const url = textOf(found, "url");
  const isExploitable = objectOf(found, "exploit")["exploit_exists"] === true;
  into.record({
    kind: "finding",
    rule: {
      key,
      kind: "vulnerability",
      title: key,
      description: textOf(found, "description"),
      references: url === "" ? [] : [url],
    },
    asset,
    title: key,
    severity: severityOfWord(word) ?? (score === undefined ? "info" : severityOfScore(score.base, score.version)),
    toolSeverity: word,
    score,
    ids: [key],
    context: [],
    locations: [
      { kind: "address", locator: [asset.host], address: asset.host, detail: { exploitable: isExploitable } },
    ],
    state: "present",
    knownExploited: objectOf(found, "kev")["in_kev"] === true,
    evidence: [],
  });
}
