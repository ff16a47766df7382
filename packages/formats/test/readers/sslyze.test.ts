import { expect, test } from "vitest";
import type { ScanRecord } from "@nerve/formats";
import { readAll, sampleOf } from "../support/samples.ts";

const sample = sampleOf("sslyze.json");
const service = { kind: "service", host: "shop.example.org", port: 443, transport: "tcp" };
const findings = (records: readonly ScanRecord[]) => records.filter(({ kind }) => kind === "finding");
const passed = (records: readonly ScanRecord[]) =>
  records.flatMap((record) => (record.kind === "check" ? [record.rule.key] : []));

test("facts become findings and checks of the commands that ran, though the time stands behind them", async () => {
  const { survey, records } = await readAll(sample);
  expect(survey).toMatchObject({
    format: "sslyze",
    toolVersion: "6.1.0",
    finishedAt: new Date("2026-03-04T05:06:07Z"),
    coverage: {
      kind: "named",
      targets: [service],
      commands: [
        {
          asset: "service shop.example.org:443/tcp",
          names: ["certificate_info", "tls_1_0_cipher_suites", "tls_1_1_cipher_suites", "heartbleed"],
        },
      ],
    },
    counts: {
      records: 2,
      connectivity: { COMPLETED: 1, ERROR: 1 },
      commands: { COMPLETED: 4, ERROR: 1, NOT_SCHEDULED: 1 },
      acceptedSuites: { tls_1_0_cipher_suites: 1, tls_1_1_cipher_suites: 0 },
    },
    warnings: ["some servers could not be reached; they are not covered"],
  });
  expect(findings(records)).toMatchObject([
    { rule: { key: "tls-1.0" }, asset: service, severity: "low", command: "tls_1_0_cipher_suites" },
    {
      rule: { key: "cipher-3des" },
      severity: "medium",
      locations: [
        {
          locator: ["192.0.2.7", "tls_1_0_cipher_suites"],
          address: "192.0.2.7",
          message: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        },
      ],
    },
    { rule: { key: "certificate-expired" }, severity: "high", locations: [{ locator: ["192.0.2.7"] }] },
  ]);
  expect(passed(records)).toEqual(expect.arrayContaining(["tls-1.1", "heartbleed", "certificate-wrong-name"]));
  expect(passed(records)).not.toContain("robot");
});

test("until version 4, results and errors stand apart", async () => {
  const store = (openssl_error_string: string | null) => ({
    openssl_error_string,
    verified_certificate_chain: openssl_error_string === null ? [{}] : null,
  });
  const deployment = (stores: object[]) => ({
    leaf_certificate_subject_matches_hostname: false,
    received_certificate_chain: [{ not_valid_after: "2030-01-01T00:00:00" }],
    path_validation_results: stores,
  });
  const report = (stores: object[]) =>
    JSON.stringify({
      date_scans_completed: "2021-03-04T05:06:07",
      server_connectivity_errors: [{ error_message: "timeout", server_string: "gone.example.org:443" }],
      server_scan_results: [
        {
          scan_commands_errors: { robot: { reason: "BUG_IN_SSLYZE" } },
          scan_commands_results: {
            certificate_info: { certificate_deployments: [deployment(stores)] },
            heartbleed: { is_vulnerable_to_heartbleed: true },
            session_renegotiation: { accepts_client_renegotiation: true, supports_secure_renegotiation: false },
            tls_compression: { compression_name: null },
            ssl_2_0_cipher_suites: null,
          },
          server_info: { server_location: { hostname: "shop.example.org", ip_address: "192.0.2.7", port: 443 } },
        },
        {},
      ],
    });
  const { survey, records } = await readAll(
    report([store("self signed certificate"), store("self signed certificate")]),
  );
  expect(findings(records)).toMatchObject([
    { rule: { key: "heartbleed" }, ids: ["CVE-2014-0160"], severity: "high" },
    { rule: { key: "renegotiation-insecure" } },
    { rule: { key: "renegotiation-client" } },
    { rule: { key: "certificate-wrong-name" } },
    { rule: { key: "certificate-untrusted" }, locations: [{ message: "self signed certificate" }] },
  ]);
  expect(survey).toMatchObject({
    rejected: 1,
    counts: {
      records: 3,
      connectivity: { COMPLETED: 1, ERROR: 1 },
      commands: { COMPLETED: 4, ERROR: 1, NOT_SCHEDULED: 1 },
    },
  });
  const trusted = await readAll(report([store("unable to get local issuer certificate"), store(null)]));
  expect(passed(trusted.records)).toContain("certificate-untrusted");
});

test("a name that no certificate has is not told as untrusted", async () => {
  const { records } = await readAll(
    JSON.stringify({
      server_scan_results: [
        {
          server_location: { hostname: "a.example.org", port: 8443 },
          connectivity_status: "COMPLETED",
          scan_result: {
            certificate_info: {
              status: "COMPLETED",
              result: {
                certificate_deployments: [
                  {
                    path_validation_results: [
                      {
                        was_validation_successful: false,
                        validation_error: "leaf certificate has no matching subjectAltName",
                      },
                    ],
                  },
                ],
              },
            },
          },
        },
      ],
    }),
  );
  expect(findings(records)).toMatchObject([{ rule: { key: "certificate-wrong-name" }, asset: { port: 8443 } }]);
});
