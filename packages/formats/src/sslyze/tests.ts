import { firstText, isObject, type JsonObject, objectOf, objectsOf, readTime, textOf } from "../json/values.ts";
import type { Rule, Severity } from "../records/records.ts";

/** What is wrong with a server in one respect; empty where nothing is. */
export interface Test {
  readonly rule: Rule;
  readonly commands: readonly string[];
  readonly ids?: readonly string[];
  /** A sentence, or an empty text where nothing is wrong; `time` is when the scan ended. */
  readonly fails: (result: JsonObject, time: Date | undefined) => string;
}

function ruleOf(key: string, title: string, severity: Severity, cwes: readonly string[]): Rule {
  return {
    key,
    kind: severity === "high" && cwes.includes("CWE-119") ? "vulnerability" : "weakness",
    title,
    severity,
    cwes,
  };
}

const suites = (name: string) => `${name}_cipher_suites`;

const protocols: readonly [command: string, key: string, title: string, severity: Severity][] = [
  ["ssl_2_0", "ssl-2.0", "SSL 2.0 is accepted", "high"],
  ["ssl_3_0", "ssl-3.0", "SSL 3.0 is accepted", "high"],
  ["tls_1_0", "tls-1.0", "TLS 1.0 is accepted", "low"],
  ["tls_1_1", "tls-1.1", "TLS 1.1 is accepted", "low"],
];

const ciphers: readonly [key: string, title: string, pattern: RegExp][] = [
  ["cipher-null", "Cipher suites without encryption are accepted", /_NULL_|WITH_NULL/],
  ["cipher-anonymous", "Cipher suites without authentication are accepted", /_anon_|_anon$/i],
  ["cipher-export", "Cipher suites of export strength are accepted", /EXPORT/],
  ["cipher-rc4", "Cipher suites with RC4 are accepted", /_RC4_/],
  ["cipher-rc2", "Cipher suites with RC2 are accepted", /_RC2_/],
  ["cipher-des", "Cipher suites with DES are accepted", /_DES40_|_DES_CBC|_DES_64/],
  ["cipher-3des", "Cipher suites with triple DES are accepted", /3DES|DES_192_EDE3/],
];

const allSuites = ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"].map((name) => suites(name));

/** The names of the suites that a server accepted. */
export function acceptedSuites(result: JsonObject): string[] {
  return objectsOf(result, "accepted_cipher_suites").map((one) => textOf(objectOf(one, "cipher_suite"), "name"));
}

const protocolTests = protocols.map(([name, key, title, severity]): Test => {
  return {
    rule: ruleOf(key, title, severity, ["CWE-327"]),
    commands: [suites(name)],
    // A protocol of which no suite is accepted cannot be spoken, whatever else the report says of it.
    fails: (result) => {
      const accepted = acceptedSuites(result).length;
      return accepted === 0 ? "" : `${accepted} cipher suites are accepted`;
    },
  };
});

const cipherTests = ciphers.map(([key, title, pattern]): Test => {
  return {
    rule: ruleOf(key, title, "medium", ["CWE-326"]),
    commands: allSuites,
    fails: (result) =>
      acceptedSuites(result)
        .filter((name) => pattern.test(name))
        .join(", "),
  };
});

/** What is wrong when a key of the result is true. */
function whenTrue(keys: readonly string[], sentence: string): Test["fails"] {
  return (result) => (keys.some((key) => result[key] === true) ? sentence : "");
}

const flaws: readonly Test[] = [
  {
    rule: ruleOf("heartbleed", "Heartbleed", "high", ["CWE-119"]),
    commands: ["heartbleed"],
    ids: ["CVE-2014-0160"],
    fails: whenTrue(["is_vulnerable_to_heartbleed"], "The server gives away its memory"),
  },
  {
    rule: ruleOf("ccs-injection", "OpenSSL CCS injection", "high", ["CWE-326"]),
    commands: ["openssl_ccs_injection"],
    ids: ["CVE-2014-0224"],
    fails: whenTrue(["is_vulnerable_to_ccs_injection"], "The server takes a change of cipher too early"),
  },
  {
    rule: ruleOf("robot", "ROBOT", "high", ["CWE-203"]),
    commands: ["robot"],
    ids: ["CVE-2017-13099"],
    fails(result) {
      const oracle = textOf(result, "robot_result_enum", "robot_result");
      return oracle.startsWith("VULNERABLE") ? oracle : "";
    },
  },
  {
    rule: ruleOf("compression", "TLS compression is supported (CRIME)", "medium", ["CWE-310"]),
    commands: ["tls_compression"],
    ids: ["CVE-2012-4929"],
    fails(result) {
      const name = textOf(result, "compression_name");
      return result["supports_compression"] === true || name !== "" ? `Compression ${name}`.trim() : "";
    },
  },
  {
    rule: ruleOf("renegotiation-insecure", "Secure renegotiation is not supported", "medium", ["CWE-310"]),
    commands: ["session_renegotiation"],
    ids: ["CVE-2009-3555"],
    fails: (result) =>
      result["supports_secure_renegotiation"] === false ? "The server does not support secure renegotiation" : "",
  },
  {
    rule: ruleOf("renegotiation-client", "Clients may renegotiate at will", "low", ["CWE-400"]),
    commands: ["session_renegotiation"],
    fails: whenTrue(
      ["is_vulnerable_to_client_renegotiation_dos", "accepts_client_renegotiation"],
      "The server takes renegotiations of clients, which cost it more than them",
    ),
  },
];

const wrongName = /subjectAltName|host ?name|does not match/i;
const expired = /expired|not valid at validation time/i;

/** A server may have several certificates, for clients of several kinds. */
function ofDeployments(read: (deployment: JsonObject, time: Date | undefined) => string): Test["fails"] {
  return (result, time) =>
    objectsOf(result, "certificate_deployments")
      .map((deployment) => read(deployment, time))
      .find((sentence) => sentence !== "") ?? "";
}

function isTrusted({ was_validation_successful: success, verified_certificate_chain: chain }: JsonObject): boolean {
  return success === true || (success === undefined && Array.isArray(chain));
}

/** What the trust stores say against a certificate, when none of them takes it. */
function refusals(deployment: JsonObject): string[] {
  const paths = objectsOf(deployment, "path_validation_results");
  if (paths.length === 0 || paths.some((path) => isTrusted(path))) return [];
  const said = paths.map((path) => textOf(path, "openssl_error_string", "validation_error"));
  return [...new Set(said.map((text) => firstText(text, "the path could not be validated")))];
}

const certificates: readonly Test[] = [
  {
    rule: ruleOf("certificate-expired", "The certificate has expired", "high", ["CWE-298"]),
    commands: ["certificate_info"],
    fails: ofDeployments((deployment, time) => {
      const [leaf] = objectsOf(deployment, "received_certificate_chain");
      const until = textOf(isObject(leaf) ? leaf : {}, "not_valid_after", "notAfter");
      const end = readTime(until);
      if (end !== undefined && time !== undefined) return end < time ? `Valid until ${until}` : "";
      return refusals(deployment).find((text) => expired.test(text)) ?? "";
    }),
  },
  {
    rule: ruleOf("certificate-wrong-name", "The certificate is not for this name", "medium", ["CWE-297"]),
    commands: ["certificate_info"],
    fails: ofDeployments((deployment) =>
      deployment["leaf_certificate_subject_matches_hostname"] === false
        ? "The names of the certificate do not hold the one that was asked for"
        : (refusals(deployment).find((text) => wrongName.test(text)) ?? ""),
    ),
  },
  {
    rule: ruleOf("certificate-untrusted", "The certificate is not trusted", "medium", ["CWE-295"]),
    commands: ["certificate_info"],
    fails: ofDeployments((deployment) =>
      refusals(deployment)
        .filter((text) => !wrongName.test(text) && !expired.test(text))
        .join("; "),
    ),
  },
];

/** All that is told of a server, by the names that rules have here: the report has facts, no findings. */
export const tests: readonly Test[] = [...protocolTests, ...cipherTests, ...flaws, ...certificates];
