import { kindsOf } from "../kinds-of.ts";

export const codeInputKinds = kindsOf("code", {
  "sql-injection": {
    title: "SQL injection",
    means: "Input changes the query that the database runs.",
    typicalSeverity: "critical",
    decidingCwes: [89, 564],
    rules: {
      zap: "40018 40019 40020 40021 40022 40024 40027 90018 200000",
    },
    tags: { nuclei: [["sqli"]] },
    signs: ["sqlmap: a vulnerable parameter", "semgrep: sql-injection rules"],
    task: "TASK_FIX_SQL_INJECTION",
  },
  "injection-other": {
    title: "Other injection or unchecked input",
    means:
      "Input becomes part of a query, header, path expression, formula or object: LDAP, XPath, NoSQL, CRLF, parameter pollution, prototype pollution.",
    typicalSeverity: "medium",
    decidingCwes: [
      20, 74, 88, 90, 91, 93, 99, 113, 117, 129, 235, 470, 472, 641, 642, 643, 644, 652, 943, 1236, 1284, 1286, 1287,
      1321,
    ],
    rules: {
      zap: `
        10026 10030 10031 10107 20014 40003 40008 40015 40033 90017 90021 90026 90029 90039 100018 100044 210008
      `,
    },
    tags: { nuclei: [["crlf"], ["hostheader-injection"], ["injection"]] },
    signs: ["semgrep: rules with these CWEs"],
    task: "TASK_FIX_INJECTION",
  },
  "code-execution": {
    title: "Commands or code can be executed",
    means: "Input reaches a shell, an interpreter, a template or an expression engine.",
    typicalSeverity: "critical",
    decidingCwes: [77, 78, 94, 95, 96, 97, 913, 917, 1336],
    rules: {
      zap: "40009 90019 90020 90025 90035 90036 90037 200001 210001 220003",
    },
    tags: { nuclei: [["rce"], ["ssti"]] },
    signs: ["semgrep: command-injection and code-injection rules"],
    task: "TASK_FIX_CODE_EXECUTION",
  },
  "cross-site-scripting": {
    title: "Cross-site scripting",
    means: "A page runs a script that came with input.",
    typicalSeverity: "high",
    decidingCwes: [79, 80, 83, 87, 1022],
    rules: {
      zap: `
        40012 40014 40016 40017 40026 40031 10043 10108 10110 40101 40102 200002 200007 200021 200022 210000
        210007
      `,
    },
    tags: { nuclei: [["xss"], ["dom-xss"]] },
    signs: ["semgrep: xss rules"],
    task: "TASK_FIX_XSS",
  },
  "cross-site-request-forgery": {
    title: "Cross-site request forgery",
    means: "Another website can make a visitor's browser send changes.",
    typicalSeverity: "medium",
    decidingCwes: [352],
    rules: {
      zap: "10202 20012 40103 100025",
    },
    tags: { nuclei: [["csrf"]] },
    signs: ["semgrep: csrf rules"],
    task: "TASK_FIX_CSRF",
  },
  "server-side-request-forgery": {
    title: "Server-side request forgery",
    means: "Input decides which address the server connects to, internal ones included.",
    typicalSeverity: "high",
    decidingCwes: [441, 918],
    rules: {
      zap: "40046",
    },
    tags: { nuclei: [["ssrf"], ["oast"]] },
    signs: ["semgrep: ssrf rules"],
    task: "TASK_FIX_SSRF",
  },
  "path-traversal": {
    title: "Files outside the intended folder can be read or written",
    means: "Input decides which file is opened or included.",
    typicalSeverity: "high",
    decidingCwes: [22, 23, 36, 59, 73, 98],
    rules: {
      zap: "6 7 10051",
    },
    tags: { nuclei: [["lfi"], ["traversal"]] },
    signs: ["semgrep: path-traversal rules"],
    task: "TASK_FIX_PATH_TRAVERSAL",
  },
  "xml-external-entity": {
    title: "External entities of XML are followed",
    means: "An XML parser fetches files or addresses that a document names, or expands entities without limit.",
    typicalSeverity: "high",
    decidingCwes: [611, 776, 827],
    rules: {
      zap: "90023 40044",
      semgrep: "use-defused-xml",
    },
    tags: { nuclei: [["xxe"]] },
    signs: ["semgrep: xxe rules"],
    task: "TASK_FIX_XXE",
  },
});
