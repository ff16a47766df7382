import type { Collector, Feed } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { codePath } from "../identity/code-path.ts";
import { subjectName } from "../identity/subject.ts";
import { objectsFeed } from "../json/json-lines-feed.ts";
import { firstText, type JsonObject, lineOf, textOf, textsOf } from "../json/values.ts";
import type { FindingRecord, Rule } from "../records/records.ts";
import { RuleCache } from "../records/rule-cache.ts";
import { isRedacted, maskSecret } from "../secrets/mask.ts";

/** Reads leaks, in the spelling of version 8 or of those before it. */
export function readGitleaks(head: Head, into: Collector): Feed {
  const rules = new RuleCache();
  const files = new Set<string>();
  into.tool("gitleaks");
  const feed = objectsFeed(
    head,
    into,
    (leak, place, line) => {
      const key = textOf(leak, "RuleID", "rule", "Description");
      if (key === "") {
        into.reject(place, "the leak names no rule");
        return;
      }
      into.count("records");
      into.count("byRule", key);
      files.add(textOf(leak, "File", "file"));
      into.record({
        ...findingOf(
          leak,
          rules.of(key, () => ruleOf(key, leak)),
        ),
        line,
      });
    },
    { logs: true },
  );
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      into.count("files", undefined, files.size);
    },
  };
}

/** One secret of a file is one finding, in however many commits it is. */
function findingOf(leak: JsonObject, rule: Rule): FindingRecord {
  const path = codePath(textOf(leak, "File", "file"));
  const secret = textOf(leak, "Secret", "offender");
  const hidden = isRedacted(secret);
  const line = maskSecret(textOf(leak, "Match", "line", "Context"), hidden ? "" : secret);
  const commit = textOf(leak, "Commit", "commit");
  const startLine = lineOf(leak, "StartLine") ?? lineOf(leak, "lineNumber");
  const url = textOf(leak, "Link", "leakURL");
  return {
    kind: "finding",
    rule,
    asset: { kind: "repository", name: subjectName(textOf(leak, "repoURL", "repo")) },
    title: rule.title,
    severity: "high",
    toolSeverity: "",
    ids: [],
    context: hidden ? [path, line] : [path],
    locations: [
      {
        kind: "code",
        locator: [commit, String(startLine ?? "")],
        path,
        startLine,
        endLine: lineOf(leak, "EndLine"),
        ...(url === "" ? {} : { url }),
        message: line,
        ...(commit === "" ? {} : { detail: { commit } }),
      },
    ],
    state: "present",
    evidence: [],
    ...(hidden ? {} : { secret }),
  };
}

function ruleOf(key: string, leak: JsonObject): Rule {
  return {
    key,
    kind: "secret",
    title: firstText(textOf(leak, "Description"), key),
    tags: textsOf(leak, "Tags", "tags"),
    cwes: ["CWE-798"],
    severity: "high",
  };
}
