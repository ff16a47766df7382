import { kindsOf } from "../kinds-of.ts";

export const transportKinds = kindsOf("transport", {
  "tls-weak-protocol": {
    title: "Outdated TLS or SSL version accepted",
    means: "A service still speaks SSL 2, SSL 3, TLS 1.0 or TLS 1.1.",
    typicalSeverity: "medium",
    decidingCwes: [757],
    relatedCwes: [326, 327],
    rules: {
      testssl: "SSLv2 SSLv3 TLS1 TLS1_1 DROWN POODLE_SSL fallback_SCSV",
      nuclei: "deprecated-tls",
      nessus: "20007 104743 157288",
      sslyze: "ssl_2_0_cipher_suites ssl_3_0_cipher_suites tls_1_0_cipher_suites tls_1_1_cipher_suites",
    },
    passedBy: {
      testssl: "SSLv2 SSLv3 TLS1 TLS1_1 DROWN POODLE_SSL fallback_SCSV",
      sslyze: "ssl_2_0_cipher_suites ssl_3_0_cipher_suites tls_1_0_cipher_suites tls_1_1_cipher_suites",
    },
    task: "TASK_UPDATE_SSL",
  },
  "tls-weak-cipher": {
    title: "Weak cipher, hash or key exchange in TLS",
    means: "A TLS service accepts ciphers, key exchanges or parameters that no longer protect what is sent.",
    typicalSeverity: "medium",
    relatedCwes: [326, 327, 328],
    rules: {
      testssl: `
        cipherlist_NULL cipherlist_aNULL cipherlist_EXPORT cipherlist_LOW cipherlist_3DES_IDEA
        cipherlist_OBSOLETED RC4 SWEET32 LOGJAM LOGJAM-common_primes FREAK BEAST BEAST_CBC_TLS1 LUCKY13 FS
        DH_groups
      `,
      nuclei: "weak-cipher-suites",
      nessus: "26928 42873 65821 83875",
    },
    passedBy: {
      testssl: `
        cipherlist_NULL cipherlist_aNULL cipherlist_EXPORT cipherlist_LOW cipherlist_3DES_IDEA RC4 SWEET32
        LOGJAM FREAK FS
      `,
    },
    task: "TASK_UPDATE_SSL",
  },
  "tls-implementation-flaw": {
    title: "Flaw in the TLS software",
    means:
      "The TLS software itself has a known flaw (Heartbleed, ROBOT, Ticketbleed, insecure renegotiation, compression).",
    typicalSeverity: "high",
    relatedCwes: [119, 203],
    rules: {
      testssl: `
        heartbleed CCS ticketbleed ROBOT secure_renego secure_client_renego CRIME_TLS BREACH POODLE_TLS winshock
        opossum starttls_injection
      `,
      zap: "10034 20015",
      nessus: "73412",
    },
    passedBy: {
      testssl: `
        heartbleed CCS ticketbleed ROBOT secure_renego secure_client_renego CRIME_TLS POODLE_TLS winshock
      `,
    },
    task: "TASK_UPDATE_SOFTWARE",
  },
  "tls-certificate-invalid": {
    title: "Certificate is not valid",
    means:
      "A certificate has expired, was revoked, is for another name, is signed by nobody who is trusted, or has a weak signature.",
    typicalSeverity: "high",
    decidingCwes: [295, 296, 297, 298, 299],
    rules: {
      testssl: `
        cert_expirationStatus cert_notAfter cert_trust cert_chain_of_trust cert_signatureAlgorithm cert_keySize
        cert_revocation cert_ocspRevoked pwnedkeys
      `,
      nuclei: `
        expired-ssl self-signed-ssl mismatched-ssl-certificate untrusted-root-certificate
        revoked-ssl-certificate
      `,
      nessus: "15901 45411 51192 57582",
    },
    passedBy: {
      testssl: `
        cert_expirationStatus cert_trust cert_chain_of_trust cert_signatureAlgorithm cert_revocation
        cert_ocspRevoked
      `,
    },
    task: "TASK_RENEW_CERTIFICATES",
  },
  "tls-certificate-expiring": {
    title: "Certificate is about to expire",
    means: "A certificate is still valid, but ends soon.",
    typicalSeverity: "low",
    relatedCwes: [298],
    rules: {
      nessus: "42981",
    },
    signs: ["testssl: cert_expirationStatus (LOW or MEDIUM while notAfter lies in the future)"],
    task: "TASK_RENEW_CERTIFICATES",
  },
  "cleartext-transport": {
    title: "Data is sent unencrypted",
    means: "A service takes logins or data over HTTP, FTP, Telnet, LDAP, SMTP or another protocol without encryption.",
    typicalSeverity: "high",
    decidingCwes: [319, 523],
    relatedCwes: [311],
    rules: {
      zap: "10040 10041 10042 10047 10106 10205",
      testssl: "insecure_redirect",
      nessus: "26194 42263",
    },
    ports: [20, 21, 23, 69, 80, 110, 143, 389, 512, 513, 514],
    task: "TASK_ENFORCE_HTTPS",
  },
  "hsts-missing": {
    title: "HTTPS is not enforced by the browser",
    means:
      "The Strict-Transport-Security header is missing or its time is too short, so that a first visit can be kept on unencrypted HTTP.",
    typicalSeverity: "low",
    relatedCwes: [319, 523],
    rules: {
      zap: "10035",
      testssl: "HSTS HSTS_time",
      nuclei: "http-missing-security-headers:strict-transport-security",
      observatory: "strict-transport-security",
    },
    passedBy: {
      testssl: "HSTS HSTS_time",
      observatory: "strict-transport-security",
    },
    task: "TASK_ENFORCE_HTTPS",
  },
});
