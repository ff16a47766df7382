import { kindsOf } from "../kinds-of.ts";

export const webKinds = kindsOf("web", {
  "missing-security-header": {
    title: "Security header missing or too weak",
    means:
      "Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, Referrer-Policy or Permissions-Policy is missing or allows nearly everything.",
    typicalSeverity: "low",
    decidingCwes: [693, 1021],
    rules: {
      zap: "10019 10020 10021 10038 10055 10063 90004 90005 90011 100016",
      nuclei: "http-missing-security-headers",
      testssl: "security_headers X-Frame-Options X-Content-Type-Options Content-Security-Policy",
      observatory: "content-security-policy x-frame-options x-content-type-options referrer-policy",
    },
    passedBy: {
      observatory: "content-security-policy x-frame-options x-content-type-options referrer-policy",
    },
    task: "TASK_SECURITY_HEADERS",
  },
  "insecure-cookie": {
    title: "Cookie without protection",
    means: "A cookie lacks Secure, HttpOnly or SameSite, or is sent to more hosts or paths than it is needed for.",
    typicalSeverity: "low",
    decidingCwes: [565, 614, 1004, 1275],
    rules: {
      zap: "10010 10011 10029 10054 90033",
      nuclei: "cookies-without-httponly cookies-without-secure missing-cookie-samesite-strict",
      testssl: "cookie_secure cookie_httponly",
      observatory: "cookies",
    },
    task: "TASK_SECURE_COOKIES",
  },
  "cors-misconfiguration": {
    title: "Any website may read responses",
    means: "Cross-origin rules (CORS) let any website read responses that are meant for signed-in users.",
    typicalSeverity: "medium",
    decidingCwes: [346, 942],
    rules: {
      zap: "10098 20016 40040 200017",
      nuclei: "cors-misconfig",
      observatory: "cross-origin-resource-sharing",
    },
    task: "TASK_RESTRICT_CORS",
  },
  "script-integrity-missing": {
    title: "Third-party script without integrity check",
    means: "A page loads scripts from other servers without checking that they are unchanged.",
    typicalSeverity: "low",
    decidingCwes: [345, 353, 829, 830],
    rules: {
      zap: "10017 90003 10115",
      observatory: "subresource-integrity",
    },
    task: "TASK_SCRIPT_INTEGRITY",
  },
  "verbose-error-message": {
    title: "Error messages reveal too much",
    means: "Error pages or responses show stack traces, queries, file paths or debug output.",
    typicalSeverity: "low",
    decidingCwes: [209, 550, 756, 1295],
    rules: {
      zap: "10023 90022 100020 100035 110001 110003 110009 200010",
    },
    task: "TASK_HIDE_ERRORS",
  },
  "technology-disclosure": {
    title: "Versions and internal details disclosed",
    means:
      "Banners, headers, comments, public API descriptions or metadata name versions, internal hosts or structure.",
    typicalSeverity: "info",
    decidingCwes: [200, 201, 497, 524, 615, 1230],
    rules: {
      zap: "2 10009 10025 10027 10036 10037 10039 10052 10061 10096 50007 100013 100019 200012 200016",
      nuclei: "swagger-api graphql-detect",
      testssl: "banner_server banner_application banner_reverseproxy ipv4_in_header",
      nmap: "http-server-header",
    },
    task: "TASK_REDUCE_BANNERS",
  },
  "http-protocol-flaw": {
    title: "HTTP requests are understood differently along the way",
    means:
      "Request smuggling, cache poisoning or cache deception: proxies, caches and servers understand the same request differently, or store what they must not.",
    typicalSeverity: "medium",
    decidingCwes: [436, 444, 525],
    rules: {
      zap: "10015 10050 40039 200018",
    },
    tags: { nuclei: [["smuggling"], ["cache"]] },
    task: "TASK_FIX_HTTP_HANDLING",
  },
});
