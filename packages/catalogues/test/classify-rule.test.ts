import { describe, expect, test } from "vitest";
import { tests as sslyzeTests } from "../../formats/src/sslyze/tests.ts";
import { readerRules } from "../src/classification/reader-rules.ts";
import { spellingsOf } from "../src/classification/rule-ids.ts";
import {
  classifyRule,
  type FindingKind,
  findingKinds,
  isInventory,
  kindPassedBy,
  type RuleFacts,
} from "../src/index.ts";

/** What says something else than the id of a rule does. */
const misleading = { cves: ["CVE-2021-44228"], tags: ["xss"], cwes: ["CWE-89"], subject: "host" } as const;

describe("the order", () => {
  test.each<[step: string, rule: RuleFacts, kind: FindingKind]>([
    ["the rule's id comes first", { source: "nuclei", key: "git-config", ...misleading }, "exposed-source-repository"],
    ["so does a port scanner's port", { source: "naabu", key: "3306", ...misleading }, "exposed-database"],
    ["then a CVE", { source: "nuclei", key: "other", ...misleading }, "known-vulnerability"],
    ["then tags", { source: "nuclei", key: "other", tags: ["xss"], cwes: ["CWE-89"] }, "cross-site-scripting"],
    ["then a CWE", { source: "nuclei", key: "other", tags: ["intrusive"], cwes: ["CWE-89"] }, "sql-injection"],
    ["then nothing", { source: "nuclei", key: "other", cves: [], tags: [], cwes: [] }, "unclassified"],
  ])("%s", (_step, rule, kind) => {
    expect(classifyRule(rule)).toBe(kind);
  });
});

describe("the rule's id", () => {
  test("every id of every kind leads to it", () => {
    const wrong = findingKinds.flatMap((kind) =>
      Object.entries(kind.rules).flatMap(([source, ids]) =>
        ids.filter((id) => classifyRule({ source, key: id.replace("*", "999") }) !== kind.id),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test.each<[source: string, key: string, kind: FindingKind]>([
    ["trivy", "AVD-AWS-0086", "exposed-storage-bucket"],
    ["trivy", "AVD-AWS-0107", "insecure-cloud-configuration"],
    ["checkov", "CKV_AWS_19", "encryption-at-rest-missing"],
    ["checkov", "CKV_AWS_199", "insecure-cloud-configuration"],
  ])("a whole one beats one that ends in *: %s %s", (source, key, kind) => {
    expect(classifyRule({ source, key })).toBe(kind);
  });

  test.each<[source: string, key: string, kind: FindingKind]>([
    ["trivy", "AWS-0086", "exposed-storage-bucket"],
    ["trivy", "AWS-0107", "insecure-cloud-configuration"],
    ["trivy", "AVD-KSV-0041", "excessive-privilege"],
    ["trivy", "KSV-0041", "excessive-privilege"],
    ["trivy", "AVD-KSV-0017", "insecure-container-configuration"],
    ["trivy", "DS002", "insecure-container-configuration"],
    ["zap", "10038-2", "missing-security-header"],
    ["nuclei", "http-missing-security-headers:strict-transport-security", "hsts-missing"],
    ["nuclei", "http-missing-security-headers:x-frame-options", "missing-security-header"],
    ["semgrep", "python.lang.security.insecure-hash-algorithms.insecure-hash-algorithm-md5", "weak-cryptography"],
    ["semgrep", "python.lang.security.use-defused-xml.use-defused-xml", "xml-external-entity"],
    ["sslyze", "tls-1.0", "tls-weak-protocol"],
    ["sslyze", "heartbleed", "tls-implementation-flaw"],
    ["xasm", "public-cloud-storage", "exposed-storage-bucket"],
    ["nerve", "exposed-telnet", "cleartext-transport"],
  ])("it is known as the tool or NERVE spells it: %s %s", (source, key, kind) => {
    expect(classifyRule({ source, key })).toBe(kind);
  });

  test("every rule that the reader of SSLyze names has a kind, and no other is named", () => {
    expect(Object.keys(readerRules["sslyze"] ?? {})).toEqual(
      expect.arrayContaining(sslyzeTests.map(({ rule }) => rule.key)),
    );
    expect(Object.keys(readerRules["sslyze"] ?? {})).toHaveLength(sslyzeTests.length);
  });

  test("what only looks like one is none: an advisory of Debian, another tool's id, another case", () => {
    expect(classifyRule({ source: "trivy", key: "DSA-5123-1" })).toBe("unclassified");
    expect(classifyRule({ source: "trivy", key: "DSA-5123" })).toBe("unclassified");
    expect(classifyRule({ source: "burp", key: "git-config" })).toBe("unclassified");
    expect(classifyRule({ source: "testssl", key: "tls1" })).toBe("unclassified");
    expect(classifyRule({ source: "checkov", key: "CKV_AWS_" })).toBe("insecure-cloud-configuration");
  });

  test("hostile ones are ids as any other", () => {
    const names = [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "",
      "*",
      ":",
      "-",
      ".",
      "AVD-",
    ];
    for (const source of [...names, "trivy", "nuclei", "zap", "semgrep", "nmap", "checkov"])
      for (const key of [...names, "__proto__:x", "..".repeat(1000), `${"0".repeat(1000)}/tcp`]) {
        expect(classifyRule({ source, key, tags: names, cwes: names })).toBe("unclassified");
        expect(kindPassedBy(source, key)).toBeUndefined();
      }
  });

  test("it has few spellings, which are all that is looked up", () => {
    expect(spellingsOf("zap", "10038-2")).toEqual(["10038-2", "10038"]);
    expect(spellingsOf("trivy", `KSV${"0".repeat(1000)}`)).toHaveLength(1);
    expect(spellingsOf("semgrep", "a.b.c")).toEqual(["a.b.c", "c", "b", "a"]);
    expect(spellingsOf("burp", "a.b:c-1")).toEqual(["a.b:c-1"]);
  });
});

describe("the port", () => {
  test.each<[key: string, kind: FindingKind]>([
    ["22", "open-port-risky"],
    ["22/tcp", "open-port-risky"],
    ["tcp/6379", "exposed-database"],
    ["69/udp", "cleartext-transport"],
    ["443", "unclassified"],
    ["22/http", "unclassified"],
    ["0x16", "unclassified"],
    ["22 ", "unclassified"],
  ])("of a port scanner's rule: %s", (key, kind) => {
    expect(classifyRule({ source: "nmap", key })).toBe(kind);
  });

  test("is none with another tool, whose rules have numbers too", () => {
    expect(classifyRule({ source: "nessus", key: "3306" })).toBe("unclassified");
  });
});

describe("the number of a vulnerability", () => {
  test.each<[subject: RuleFacts["subject"], kind: FindingKind]>([
    ["package", "vulnerable-dependency"],
    ["library", "vulnerable-dependency"],
    ["image", "vulnerable-dependency"],
    ["repository", "vulnerable-dependency"],
    ["host", "known-vulnerability"],
    ["service", "known-vulnerability"],
    ["resource", "known-vulnerability"],
    ["unnamed", "known-vulnerability"],
    [undefined, "known-vulnerability"],
  ])("in a subject of kind %s", (subject, kind) => {
    expect(classifyRule({ source: "sarif", key: "any", cves: ["CVE-2021-44228"], subject })).toBe(kind);
  });
});

describe("tags", () => {
  const kindOf = (...tags: string[]) => classifyRule({ source: "nuclei", key: "any", tags });

  test("every list of every kind leads to it when it is there alone", () => {
    const wrong = findingKinds.flatMap(({ id, tags }) =>
      Object.entries(tags).flatMap(([source, lists]) =>
        lists.filter((list) => classifyRule({ source, key: "any", tags: list }) !== id),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("a list has to be there whole", () => {
    expect(kindOf("exposure")).toBe("unclassified");
    expect(kindOf("exposure", "config")).toBe("exposed-configuration-file");
  });

  test("the longest list wins", () => {
    expect(kindOf("network", "unauth", "db")).toBe("exposed-database");
    expect(kindOf("misconfig", "cloud", "takeover")).toBe("insecure-cloud-configuration");
  });

  test("of lists that are equally long, the one whose tag says more", () => {
    expect(kindOf("panel", "default-login")).toBe("default-credentials");
    expect(kindOf("misconfig", "xss", "sqli")).toBe("sql-injection");
    expect(kindOf("exposure", "config", "backup")).toBe("exposed-backup-file");
    expect(kindOf("cloud", "misconfig", "network")).toBe("weak-network-service");
  });

  test("a tag that has no place in the order comes last", () => {
    expect(kindOf("cve")).toBe("known-vulnerability");
    expect(kindOf("cve", "misconfig")).toBe("security-misconfiguration");
  });

  test("are those of the tool only", () => {
    expect(classifyRule({ source: "zap", key: "any", tags: ["xss"] })).toBe("unclassified");
  });
});

describe("CWEs", () => {
  const kindOf = (...cwes: string[]) => classifyRule({ source: "burp", key: "any", cwes });

  test("the first that decides, not the first", () => {
    expect(kindOf("CWE-298", "CWE-89")).toBe("tls-certificate-invalid");
    expect(kindOf("CWE-200", "CWE-89")).toBe("technology-disclosure");
    expect(kindOf("CWE-1", "CWE-89", "CWE-79")).toBe("sql-injection");
    expect(kindOf("cwe-79")).toBe("cross-site-scripting");
  });

  test("categories decide as well", () => {
    expect(kindOf("CWE-16")).toBe("security-misconfiguration");
    expect(kindOf("CWE-937")).toBe("vulnerable-dependency");
  });

  test("every one that decides leads to its kind; the others lead nowhere", () => {
    const wrong = findingKinds.flatMap(({ id, cweDecides }) => cweDecides.filter((cwe) => kindOf(`CWE-${cwe}`) !== id));
    expect(wrong).toEqual([]);
    for (const cwe of ["CWE-1", "CWE-089", "89", "CWE-89 ", "CWE-"]) expect(kindOf(cwe)).toBe("unclassified");
  });
});

describe("inventory", () => {
  test("is what the tool's tags call so, and nothing says more of", () => {
    expect(isInventory({ source: "nuclei", key: "nginx-detect", tags: ["tech", "nginx"] })).toBe(true);
    expect(isInventory({ source: "nuclei", key: "wp-panel", tags: ["tech", "panel"] })).toBe(false);
    expect(isInventory({ source: "nuclei", key: "any", tags: ["intrusive"] })).toBe(false);
    expect(isInventory({ source: "nuclei", key: "any" })).toBe(false);
    expect(isInventory({ source: "zap", key: "any", tags: ["tech"] })).toBe(false);
  });
});

describe("a passed check", () => {
  test("of a rule says that its kind is absent, where the kind says so", () => {
    const wrong = findingKinds.flatMap(({ id, passedBy }) =>
      Object.entries(passedBy).flatMap(([source, ids]) => ids.filter((key) => kindPassedBy(source, key) !== id)),
    );
    expect(wrong).toEqual([]);
    expect(kindPassedBy("testssl", "HSTS")).toBe("hsts-missing");
  });

  test("of a rule that finds the kind says no more than the tool does", () => {
    expect(classifyRule({ source: "testssl", key: "BEAST" })).toBe("tls-weak-cipher");
    expect(kindPassedBy("testssl", "BEAST")).toBeUndefined();
    expect(kindPassedBy("zap", "40018")).toBeUndefined();
    expect(kindPassedBy("nerve", "exposed-telnet")).toBeUndefined();
  });

  test("of a rule that NERVE names itself says it, too", () => {
    expect(kindPassedBy("sslyze", "tls-1.0")).toBe("tls-weak-protocol");
    expect(kindPassedBy("xasm", "public-cloud-storage")).toBe("exposed-storage-bucket");
  });
});
