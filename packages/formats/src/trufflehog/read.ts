import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { firstText, isObject, type JsonObject, lineOf, objectOf, textOf, textsOf } from "../json/values.ts";
import type { Asset, FindingRecord, Location, Rule } from "../records/records.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { isRedacted } from "../secrets/mask.ts";
import { placeOf } from "./places.ts";

interface Leak {
  readonly rule: Rule;
  readonly asset: Asset;
  readonly path: string;
  readonly location: Location;
  readonly isVerified: boolean;
  readonly secret: string;
  /** What is left of a secret that is not told. */
  readonly redacted: string;
  readonly line: number;
}

/** Reads results of version 3, and of version 2, whose results hold several secrets each. */
export function readTrufflehog(head: Head, into: Collector): Feed {
  const rules = new RuleCache();
  into.tool("trufflehog");
  return objectsFeed(
    head,
    into,
    (result, place, line) => {
      const key = textOf(result, "DetectorName", "reason");
      if (key === "") {
        // Its log is JSON, too.
        if (!Object.hasOwn(result, "level") && !Object.hasOwn(result, "msg"))
          into.reject(place, "the result names no detector");
        return;
      }
      const isVerified = result["Verified"] === true;
      into.count("records");
      into.count("raw", isVerified ? "verified" : "unverified");
      const rule = rules.of(key, () => ruleOf(key, result));
      const parts = isObject(result["SourceMetadata"]) ? partsOf(result) : partsOfOld(result);
      for (const part of parts) into.record(findingOf({ rule, isVerified, line, ...part }));
    },
    { logs: true },
  );
}

type Part = Omit<Leak, "rule" | "isVerified" | "line">;

function partsOf(result: JsonObject): Part[] {
  const [source] = Object.entries(objectOf(objectOf(result, "SourceMetadata"), "Data"));
  const data = isObject(source?.[1]) ? source[1] : {};
  const { asset, path } = placeOf(source?.[0] ?? "", data);
  const commit = textOf(data, "commit");
  const startLine = lineOf(data, "line");
  const url = textOf(data, "link");
  return [
    {
      asset,
      path,
      location: {
        kind: "code",
        locator: [commit, String(startLine ?? "")],
        path,
        startLine,
        ...(url === "" ? {} : { url }),
        ...(commit === "" ? {} : { detail: { commit } }),
      },
      // The second form holds all parts of a secret that has several.
      secret: textOf(result, "RawV2", "Raw"),
      redacted: textOf(result, "Redacted"),
    },
  ];
}

function partsOfOld(result: JsonObject): Part[] {
  const path = textOf(result, "path");
  const commit = textOf(result, "commitHash");
  const location: Location = { kind: "code", locator: [commit, ""], path, detail: { commit } };
  const found = result["stringsFound"];
  const secrets = Array.isArray(found) ? found.filter((secret) => typeof secret === "string") : [];
  return (secrets.length === 0 ? [""] : [...new Set(secrets)]).map((secret) => ({
    asset: { kind: "repository", name: "" },
    path,
    location,
    secret,
    redacted: "",
  }));
}

/** One secret of a file is one finding, in however many commits it is. */
function findingOf({ rule, asset, path, location, isVerified, secret, redacted, line }: Leak): FindingRecord {
  const hidden = isRedacted(secret);
  return {
    kind: "finding",
    rule,
    asset,
    title: rule.title,
    severity: isVerified ? "critical" : "medium",
    toolSeverity: isVerified ? "verified" : "unverified",
    ids: [],
    context: hidden ? [path, firstText(redacted, secret)] : [path],
    locations: [location],
    state: "present",
    confidence: isVerified ? "verified" : "unverified",
    evidence: [],
    ...(hidden ? {} : { secret }),
    line,
  };
}

function ruleOf(key: string, result: JsonObject): Rule {
  return {
    key,
    kind: "secret",
    title: `Secret: ${key}`,
    description: textOf(result, "DetectorDescription"),
    references: textsOf(objectOf(result, "ExtraData"), "rotation_guide"),
    cwes: ["CWE-798"],
  };
}
