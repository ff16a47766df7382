import { kindsOf } from "../kinds-of.ts";

export const codeKinds = kindsOf("code", {
  "unsafe-deserialization": {
    title: "Untrusted data is deserialized",
    means: "Serialized objects from outside are rebuilt without a check.",
    typicalSeverity: "high",
    decidingCwes: [502],
    relatedCwes: [642],
    rules: {
      zap: "90001 90002 10032 10094",
    },
    tags: { nuclei: [["deserialization"]] },
    signs: ["semgrep: deserialization rules"],
    task: "TASK_FIX_DESERIALIZATION",
  },
  "unrestricted-file-upload": {
    title: "Any file can be uploaded",
    means: "Uploads are not limited in type, size or place.",
    typicalSeverity: "high",
    decidingCwes: [434],
    rules: {
      zap: "100022",
    },
    tags: { nuclei: [["fileupload"]] },
    signs: ["semgrep: upload rules"],
    task: "TASK_FIX_FILE_UPLOAD",
  },
  "open-redirect": {
    title: "Open redirect",
    means: "A link on the company's site leads to whatever address its parameter names.",
    typicalSeverity: "low",
    decidingCwes: [601],
    rules: {
      zap: "10028 20019 200015 200023 210002",
    },
    tags: { nuclei: [["redirect"]] },
    signs: ["semgrep: open-redirect rules"],
    task: "TASK_FIX_OPEN_REDIRECT",
  },
  "memory-safety-flaw": {
    title: "Memory is handled unsafely",
    means: "Buffers overflow, freed memory is used, numbers wrap around, or format strings are taken from input.",
    typicalSeverity: "high",
    decidingCwes: [119, 120, 121, 122, 125, 131, 134, 190, 191, 415, 416, 476, 680, 787, 788, 824],
    rules: {
      zap: "30001 30002 30003",
    },
    signs: ["semgrep: c and c++ rules", "sarif: CodeQL cpp/*"],
    task: "TASK_FIX_MEMORY_SAFETY",
  },
  "weak-cryptography": {
    title: "Weak cryptography in software",
    means:
      "MD5, SHA-1 or DES where protection is needed, home-made schemes, short keys, predictable random numbers, password hashes without salt, or signatures that are not checked.",
    typicalSeverity: "medium",
    decidingCwes: [256, 257, 261, 323, 325, 326, 327, 328, 329, 330, 331, 335, 338, 340, 347, 759, 760, 780, 916],
    rules: {
      zap: "100010 100021 100026",
      semgrep: "insecure-hash-algorithms",
      bandit: "B303 B304 B305 B311 B324",
    },
    signs: ["semgrep: insecure-cipher and insecure-random rules"],
    task: "TASK_FIX_CRYPTOGRAPHY",
  },
  "hardcoded-secret": {
    title: "Secret in the code",
    means: "A password, key or token is found in source code, an image or a configuration file under version control.",
    typicalSeverity: "high",
    decidingCwes: [259, 260, 321, 547, 798],
    rules: {
      gitleaks: "aws-access-token generic-api-key private-key",
      bandit: "B105 B106 B107",
    },
    signs: [
      "gitleaks: every rule",
      "trivy: Results[].Secrets",
      "trufflehog: result in private material",
      "semgrep: hardcoded-credential rules",
    ],
    task: "TASK_DATA_SECRETS_VAULT",
  },
  "resource-exhaustion": {
    title: "Service can be overloaded cheaply",
    means:
      "Requests cost the server far more than the sender: no rate limit, slow regular expressions, endless loops, decompression bombs.",
    typicalSeverity: "medium",
    decidingCwes: [400, 405, 407, 409, 674, 770, 834, 1333],
    tags: { nuclei: [["dos"]] },
    signs: ["semgrep: redos rules"],
    task: "TASK_LIMIT_REQUESTS",
  },
});
