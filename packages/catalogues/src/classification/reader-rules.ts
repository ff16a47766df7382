import type { FindingKind } from "../finding-kinds/finding-kinds.ts";

/**
 * Kinds of the rules that NERVE names itself, where a report holds facts and no rules.
 *
 * A passed check of one says that its kind is absent.
 */
export const readerRules: Readonly<Record<string, Readonly<Record<string, FindingKind>>>> = {
  sslyze: {
    "ssl-2.0": "tls-weak-protocol",
    "ssl-3.0": "tls-weak-protocol",
    "tls-1.0": "tls-weak-protocol",
    "tls-1.1": "tls-weak-protocol",
    "cipher-null": "tls-weak-cipher",
    "cipher-anonymous": "tls-weak-cipher",
    "cipher-export": "tls-weak-cipher",
    "cipher-rc4": "tls-weak-cipher",
    "cipher-rc2": "tls-weak-cipher",
    "cipher-des": "tls-weak-cipher",
    "cipher-3des": "tls-weak-cipher",
    heartbleed: "tls-implementation-flaw",
    "ccs-injection": "tls-implementation-flaw",
    robot: "tls-implementation-flaw",
    compression: "tls-implementation-flaw",
    "renegotiation-insecure": "tls-implementation-flaw",
    "renegotiation-client": "tls-implementation-flaw",
    "certificate-expired": "tls-certificate-invalid",
    "certificate-wrong-name": "tls-certificate-invalid",
    "certificate-untrusted": "tls-certificate-invalid",
  },
  xasm: { "public-cloud-storage": "exposed-storage-bucket" },
};
