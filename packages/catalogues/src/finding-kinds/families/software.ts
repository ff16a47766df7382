import { kindsOf } from "../kinds-of.ts";

export const softwareKinds = kindsOf("software", {
  "known-vulnerability": {
    title: "Known vulnerability in reachable software",
    means: "Software that answers over the network has a vulnerability with a CVE number.",
    typicalSeverity: "high",
    relatedCwes: [1395],
    rules: {
      nmap: "vulners vulscan",
      zap: "10048 10053 20017 20018 40043 40045 40047 40048 100043",
    },
    tags: { nuclei: [["cve"]] },
    signs: ["nessus: a plugin with CVE", "openvas: an NVT with CVE"],
    task: "TASK_UPDATE_SOFTWARE",
  },
  "vulnerable-dependency": {
    title: "Vulnerable component",
    means: "A library, package or image that the software is built from has a known vulnerability.",
    typicalSeverity: "medium",
    decidingCwes: [1395],
    rules: {
      zap: "10003",
    },
    tags: { nuclei: [["js-analyse"]] },
    signs: ["trivy: Results[].Vulnerabilities", "grype: matches", "npm-audit: advisories", "osv-scanner: results"],
    task: "TASK_UPDATE_DEPENDENCIES",
  },
  "end-of-life-software": {
    title: "Software is no longer supported",
    means: "The vendor no longer fixes this version.",
    typicalSeverity: "high",
    decidingCwes: [1104, 1329],
    rules: {
      nessus: "33850",
    },
    tags: { nuclei: [["eol"]] },
    signs: [
      'nessus: a plugin on unsupported versions ("Unsupported …", "… SEoL")',
      "trivy: Metadata.OS.EOSL = true",
      "nmap: a product version past its end of support",
    ],
    task: "TASK_REPLACE_UNSUPPORTED",
  },
  "outdated-software": {
    title: "Software is not up to date",
    means: "The version is older than the current one; no particular vulnerability is named.",
    typicalSeverity: "low",
    relatedCwes: [1104],
    rules: {
      nuclei: "openssh5.3-detect",
    },
    signs: ["wpscan: outdated", "nmap: a version behind the current one"],
    task: "TASK_UPDATE_SOFTWARE",
  },
  "malware-detected": {
    title: "Malware found",
    means: "A web shell, malicious package, command-and-control server or other malware was found.",
    typicalSeverity: "critical",
    decidingCwes: [506, 507, 509, 511, 512],
    tags: { nuclei: [["c2"], ["malware"], ["backdoor"]] },
    signs: ["trivy: a package advisory of type malware", "clamav: a file marked FOUND"],
    task: "TASK_REMOVE_MALWARE",
  },
});
