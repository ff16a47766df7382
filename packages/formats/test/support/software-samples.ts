/** Invented reports of scanners of code, packages and images, and of the TLS of servers. */
export const softwareSamples: readonly { readonly format: string; readonly text: string }[] = [
  {
    format: "trivy",
    text: JSON.stringify({
      SchemaVersion: 2,
      CreatedAt: "2026-03-04T05:06:07Z",
      ArtifactName: "registry.example.org:5000/team/shop:1.2",
      ArtifactType: "container_image",
      Results: [
        {
          Target: "registry.example.org:5000/team/shop:1.2 (debian 12.5)",
          Class: "os-pkgs",
          Type: "debian",
          Vulnerabilities: [
            {
              VulnerabilityID: "CVE-2026-1001",
              PkgName: "libtree",
              InstalledVersion: "1.0-1",
              FixedVersion: "1.0-2",
              Status: "fixed",
              Severity: "UNKNOWN",
              CweIDs: ["CWE-787"],
              CVSS: { nvd: { V2Vector: "AV:N/AC:L/Au:N/C:C/I:C/A:C", V3Score: 9.8 } },
            },
            {
              VulnerabilityID: "CVE-2026-1002",
              PkgName: "libtree",
              InstalledVersion: "1.0-1",
              Status: "not_affected",
              Severity: "LOW",
            },
          ],
        },
        {
          Target: "Node.js",
          Class: "lang-pkgs",
          Type: "node-pkg",
          Vulnerabilities: ["2.0.0", "3.0.0"].map((version) => ({
            VulnerabilityID: "CVE-2026-1003",
            PkgName: "leaf",
            PkgPath: `app/${version}/package.json`,
            InstalledVersion: version,
            Title: "leaf: falls",
            Severity: "CRITICAL",
          })),
        },
        {
          Target: "Dockerfile",
          Class: "config",
          Type: "dockerfile",
          Misconfigurations: [
            { ID: "DS900", Title: "No user", Message: "Name one", Severity: "HIGH", Status: "FAIL" },
            { ID: "DS901", Title: "No check", Severity: "LOW", Status: "PASS" },
          ],
        },
        {
          Target: "/app/config.yml",
          Class: "secret",
          Secrets: [{ RuleID: "cloud-key", Title: "Key", Severity: "CRITICAL", StartLine: 3, Match: "key: *****" }],
        },
        { Target: "", Class: "license", Licenses: [{ Name: "GPL-3.0", PkgName: "leaf", Severity: "MEDIUM" }] },
      ],
    }),
  },
  {
    format: "grype",
    text: JSON.stringify({
      matches: ["1.0.0", "2.0.0"].map((version) => ({
        vulnerability: { id: "GHSA-aaaa-bbbb-cccd", severity: "Medium", fix: { versions: ["3.0.0"], state: "fixed" } },
        relatedVulnerabilities: [{ id: "CVE-2026-2001" }],
        artifact: {
          name: "branch",
          version,
          type: "npm",
          locations: [{ path: `/srv/${version}/package.json` }, { path: `/srv/${version}/package.json` }],
        },
      })),
      ignoredMatches: [
        {
          vulnerability: { id: "CVE-2026-2002", cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] },
          artifact: { name: "root", version: "1", type: "deb" },
          appliedIgnoreRules: [{ vulnerability: "CVE-2026-2002", reason: "never called" }],
        },
      ],
      source: { type: "image", target: { userInput: "image.tar", tags: ["team/shop:2"] } },
      descriptor: { name: "grype", version: "0.99.1", timestamp: "2026-03-04T05:06:07Z" },
    }),
  },
  {
    format: "cyclonedx",
    text: JSON.stringify({
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      metadata: {
        timestamp: "2026-03-04T05:06:07Z",
        tools: { components: [{ name: "maker", version: "4" }] },
        component: { type: "container", name: "team/shop:2", "bom-ref": "shop" },
      },
      vulnerabilities: [
        {
          id: "CVE-2026-3001",
          ratings: [
            { severity: "unknown", method: "other" },
            { severity: "low", method: "CVSSv2", score: 3.1 },
            { method: "CVSSv31", score: 9.8, vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" },
            { severity: "high", method: "CVSSv31", score: 7.5 },
          ],
          cwes: [79],
          affects: [{ ref: "inner" }, { ref: "urn:cdx:3e671687/1#pkg%3Anpm%2F%40scope%2Fleaf%402.0.0" }],
        },
        {
          id: "CVE-2026-3002",
          analysis: { state: "not_affected", justification: "code_not_reachable" },
          affects: [{ ref: "inner" }],
        },
      ],
      components: [
        {
          type: "library",
          name: "outer",
          "bom-ref": "outer",
          components: [
            { type: "library", name: "inner", "bom-ref": "inner", purl: "pkg:maven/org.example/inner@1.0?type=jar" },
          ],
        },
      ],
    }),
  },
  {
    format: "cyclonedx",
    text: `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:vuln="http://cyclonedx.org/schema/ext/vulnerability/1.0">
  <metadata><timestamp>2026-03-04T05:06:07Z</timestamp><component type="application"><name>shop</name></component></metadata>
  <components>
    <component type="library" bom-ref="leaf"><group>org.example</group><name>leaf</name><version>1</version>
      <vuln:vulnerabilities>
        <vuln:vulnerability ref="leaf"><vuln:id>CVE-2026-3003</vuln:id>
          <vuln:ratings><vuln:rating><vuln:score><vuln:base>9.1</vuln:base></vuln:score><vuln:severity>Critical</vuln:severity></vuln:rating></vuln:ratings>
          <vuln:cwes><vuln:cwe>22</vuln:cwe></vuln:cwes>
          <vuln:advisories><vuln:advisory>https://example.org/1</vuln:advisory></vuln:advisories>
        </vuln:vulnerability>
      </vuln:vulnerabilities>
    </component>
  </components>
</bom>`,
  },
  {
    format: "semgrep",
    text: JSON.stringify({
      version: "1.99.0",
      results: [12, 40].map((line) => ({
        check_id: "js.rules.raw-html",
        path: "./src/page.js",
        start: { line, col: 3 },
        end: { line, col: 20 },
        extra: {
          message: "Markup is not escaped",
          severity: line === 12 ? "ERROR" : "INFO",
          lines: line === 12 ? "  write(  input )" : "requires login",
          fingerprint: line === 12 ? "abc_0" : "requires login",
          is_ignored: line !== 12,
          metadata: { cwe: ["CWE-79: Cross-site scripting"], confidence: "HIGH" },
        },
      })),
      errors: [{ level: "warn", type: "Timeout", path: "src/large.js" }],
      paths: { scanned: ["src/page.js"], skipped: [{ path: "src/min.js", reason: "minified" }] },
    }),
  },
  {
    format: "gitleaks",
    text: JSON.stringify([
      ...["aaaa", "bbbb"].map((commit) => ({
        RuleID: "cloud-key",
        Description: "A key of a cloud",
        StartLine: 7,
        EndLine: 7,
        Match: "key = 'very-invented-1'",
        Secret: "very-invented-1",
        File: "deploy/run.sh",
        Commit: commit,
        Author: "Ada",
        Tags: [],
      })),
      { RuleID: "cloud-key", Match: "key = REDACTED", Secret: "REDACTED", File: "deploy/run.sh", StartLine: 9 },
    ]),
  },
  {
    format: "trufflehog",
    text: `{"level":"info-0","ts":"2026-03-04T05:06:07Z","logger":"trufflehog","msg":"running source"}
{"SourceMetadata":{"Data":{"Github":{"repository":"https://github.example.org/team/shop.git","file":"a.env","commit":"cccc","line":4,"link":"https://github.example.org/team/shop/blob/cccc/a.env#L4"}}},"DetectorName":"Cloud","Verified":true,"Raw":"very-invented-2","Redacted":""}
{"SourceMetadata":{"Data":{"S3":{"bucket":"backup","file":"dump.sql"}}},"DetectorName":"Cloud","Verified":false,"Raw":"very-invented-3"}
🐷 found two
{"level":"info-0","ts":"2026-03-04T05:06:08Z","logger":"trufflehog","msg":"finished scanning"}
`,
  },
  {
    format: "sslyze",
    text: JSON.stringify({
      server_scan_results: [
        {
          server_location: { hostname: "shop.example.org", ip_address: "192.0.2.7", port: 443 },
          connectivity_status: "COMPLETED",
          connectivity_result: { highest_tls_version_supported: "TLS_1_3" },
          scan_result: {
            certificate_info: {
              status: "COMPLETED",
              result: {
                certificate_deployments: [
                  {
                    received_certificate_chain: [{ not_valid_after: "2026-01-01T00:00:00Z" }],
                    path_validation_results: [
                      { was_validation_successful: false, validation_error: "cert is not valid at validation time" },
                    ],
                  },
                ],
              },
            },
            tls_1_0_cipher_suites: {
              status: "COMPLETED",
              result: { accepted_cipher_suites: [{ cipher_suite: { name: "TLS_RSA_WITH_3DES_EDE_CBC_SHA" } }] },
            },
            tls_1_1_cipher_suites: {
              status: "COMPLETED",
              result: { is_tls_version_supported: true, accepted_cipher_suites: [] },
            },
            heartbleed: { status: "COMPLETED", result: { is_vulnerable_to_heartbleed: false } },
            robot: { status: "ERROR", error_reason: "BUG_IN_SSLYZE", result: null },
            tls_compression: { status: "NOT_SCHEDULED", result: null },
          },
        },
        {
          server_location: { hostname: "gone.example.org", ip_address: "192.0.2.8", port: 443 },
          connectivity_status: "ERROR",
          scan_result: null,
        },
      ],
      date_scans_completed: "2026-03-04T05:06:07Z",
      sslyze_version: "6.1.0",
    }),
  },
];
