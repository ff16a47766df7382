import { longestText } from "../limits/limits.ts";
import { type Cleaning, cleanKey, cleanText, cleanTitle } from "./clean-text.ts";
import type { Asset, Details, FindingRecord, Location, Rule, ScanRecord } from "./records.ts";

/** Makes records fit to be stored: no control characters, no text that is too long. Counts what it changed. */
export class RecordCleaner {
  readonly counts: Cleaning = { cleaned: 0, cut: 0 };
  /** Rules are shared by many records; each is cleaned once. */
  readonly #rules = new WeakMap<Rule, Rule>();

  /** The record with its number among all of the report. */
  clean(record: ScanRecord, index: number): ScanRecord {
    switch (record.kind) {
      case "finding":
        return this.#finding(record, index);
      case "check":
        return {
          ...record,
          index,
          rule: this.#rule(record.rule),
          asset: this.#asset(record.asset),
          detail: this.#message(record.detail) ?? "",
        };
      case "host":
        return {
          ...record,
          index,
          host: this.#name(record.host),
          names: record.names.map(({ kind, name }) => ({ kind, name: this.#name(name) })),
          addresses: record.addresses.map((address) => this.#name(address)),
          details: this.#details(record.details),
        };
      case "service":
        return {
          ...record,
          index,
          host: this.#name(record.host),
          service: this.#message(record.service),
          product: this.#message(record.product),
          details: this.#details(record.details),
        };
      case "link":
        return { ...record, index, from: this.#name(record.from), to: this.#name(record.to) };
    }
  }

  #finding(record: FindingRecord, index: number): FindingRecord {
    const { evidence } = record;
    return {
      ...record,
      index,
      rule: this.#rule(record.rule),
      asset: this.#asset(record.asset),
      title: cleanTitle(record.title, this.counts),
      ids: record.ids.map((id) => cleanKey(id, this.counts)),
      toolKey: record.toolKey === undefined ? undefined : cleanKey(record.toolKey, this.counts),
      reason: this.#message(record.reason),
      locations: record.locations.length === 0 ? [nowhere] : record.locations.map((one) => this.#location(one)),
      evidence: evidence.map(({ kind, content, location }) => ({
        kind,
        content: cleanText(content, longestText.evidence, this.counts),
        location,
      })),
    };
  }

  #rule(rule: Rule): Rule {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const clean: Rule = {
      ...rule,
      key: cleanKey(rule.key, this.counts),
      title: cleanTitle(rule.title, this.counts),
      description: this.#message(rule.description),
      remediation: this.#message(rule.remediation),
      references: rule.references?.slice(0, 100).map((url) => cleanText(url, longestText.url, this.counts)),
      tags: rule.tags?.slice(0, 100).map((tag) => cleanText(tag, 50, this.counts)),
    };
    this.#rules.set(rule, clean);
    return clean;
  }

  #asset(asset: Asset): Asset {
    if (asset.kind === "host" || asset.kind === "service") return { ...asset, host: this.#name(asset.host) };
    return asset.kind === "unnamed" ? asset : { ...asset, name: this.#name(asset.name) };
  }

  #location(location: Location): Location {
    const { url, path, parameter, message, component, version, fixedVersion, detail } = location;
    return {
      ...location,
      url: url === undefined ? undefined : cleanText(url, longestText.url, this.counts),
      path: path === undefined ? undefined : cleanText(path, longestText.path, this.counts),
      parameter: this.#message(parameter),
      message: this.#message(message),
      component: this.#message(component),
      version: this.#message(version),
      fixedVersion: this.#message(fixedVersion),
      detail: this.#details(detail),
    };
  }

  #details(details: Details | undefined): Details | undefined {
    if (details === undefined) return undefined;
    const clean: Record<string, Details[string]> = {};
    for (const [key, value] of Object.entries(details)) {
      if (typeof value === "string") clean[key] = this.#message(value) ?? "";
      else clean[key] = typeof value === "object" ? value.slice(0, 100).map((one) => this.#message(one) ?? "") : value;
    }
    return clean;
  }

  #message(text: string | undefined): string | undefined {
    return text === undefined ? undefined : cleanText(text, longestText.message, this.counts);
  }

  #name(text: string): string {
    return cleanText(text, longestText.name, this.counts);
  }
}

const nowhere: Location = { kind: "other", locator: [] };
