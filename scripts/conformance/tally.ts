import {
  assetKey,
  type FindingRecord,
  findingKey,
  hostKey,
  type ScanRecord,
  type Severity,
  worstSeverity,
} from "@nerve/formats";
import type { Expectation } from "./oracle.ts";

interface Identity {
  severity: Severity;
  state: FindingRecord["state"];
  readonly locations: Set<string>;
}

/**
 * Oracles rate the matches of nuclei one by one: those that differ in their extracted values only are one finding, and yet each of them
 * has its severity. Those of all other formats rate findings, by the worst of their records.
 */
const ratedByRecord: ReadonlySet<string> = new Set(["nuclei"]);

/** Counts what an oracle may ask for, from the records of a report. */
export class Tally {
  readonly #byRecord: boolean;
  readonly #severity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  readonly #identities = new Map<string, Identity>();
  readonly #ordinals = new Map<string, number>();
  readonly #hosts = new Set<string>();
  readonly #services = new Set<string>();
  readonly #assets = new Set<string>();
  readonly #rules = new Set<string>();
  readonly #cves = new Set<string>();
  readonly #links = new Set<string>();
  #absent = 0;

  constructor(format: string) {
    this.#byRecord = ratedByRecord.has(format);
  }

  add(record: ScanRecord): void {
    if (record.kind === "finding") this.#finding(record);
    else if (record.kind === "check") {
      this.#asset(record.asset);
      this.#rules.add(record.rule.key);
    } else if (record.kind === "host") this.#hosts.add(hostKey(record.host));
    else if (record.kind === "link") this.#links.add(`${hostKey(record.from)} ${record.type} ${hostKey(record.to)}`);
    else {
      this.#hosts.add(hostKey(record.host));
      if (record.state === "open") this.#services.add(assetKey({ ...record, kind: "service" }));
    }
  }

  #finding(record: FindingRecord): void {
    this.#asset(record.asset);
    this.#rules.add(record.rule.key);
    // What a tool says is no longer there is none of its findings.
    if (record.state === "absent") {
      this.#absent += 1;
      return;
    }
    for (const id of record.ids) if (id.startsWith("CVE-")) this.#cves.add(id);
    const key = this.#keyOf(record);
    const known = this.#identities.get(key);
    const { severity, state } = record;
    if (this.#byRecord) this.#severity[severity] += 1;
    if (known === undefined) this.#identities.set(key, { severity, state, locations: new Set(placesOf(record)) });
    else {
      known.severity = worstSeverity(known.severity, severity);
      for (const place of placesOf(record)) known.locations.add(place);
    }
  }

  /** Findings that are told apart by position have a number among their equals. */
  #keyOf(record: FindingRecord): string {
    const key = findingKey(record);
    if (record.positional !== true) return key;
    const ordinal = this.#ordinals.get(key) ?? 0;
    this.#ordinals.set(key, ordinal + 1);
    return `${key} ${ordinal}`;
  }

  #asset(asset: FindingRecord["asset"]): void {
    this.#assets.add(`${asset.kind} ${assetKey(asset)}`);
    if (asset.kind === "host" || asset.kind === "service") this.#hosts.add(hostKey(asset.host));
    if (asset.kind === "service") this.#services.add(assetKey(asset));
  }

  /** What a survey's own counts may say better. */
  get numbers(): Expectation {
    const findings = [...this.#identities.values()];
    const count = (state: FindingRecord["state"]) => findings.filter((one) => one.state === state).length;
    return { suppressed: count("suppressed"), absent: this.#absent };
  }

  get identities(): Expectation {
    const severity = { ...this.#severity };
    let locations = 0;
    for (const one of this.#identities.values()) {
      if (!this.#byRecord) severity[one.severity] += 1;
      locations += one.locations.size;
    }
    return {
      severity,
      locations,
      findings: this.#identities.size,
      rules: this.#rules.size,
      hosts: this.#hosts.size,
      services: this.#services.size,
      assets: this.#assets.size,
      cves: this.#cves.size,
      links: this.#links.size,
    };
  }
}

function placesOf({ locations }: FindingRecord): string[] {
  return locations.map(({ locator }) => JSON.stringify(locator));
}
