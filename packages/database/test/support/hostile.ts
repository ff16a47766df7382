/** Strings that break out of SQL, patterns, JSON, logs and encodings where they are not handled as data. */
export const hostileStrings: readonly string[] = [
  "'; DROP TABLE users; --",
  `" OR "1"="1`,
  "x' UNION SELECT password_hash FROM users --",
  String.raw`\'; DELETE FROM companies; --`,
  "$1",
  "?",
  "%",
  "_",
  String.raw`%\_`,
  "${7*7}",
  "{{7*7}}",
  "__proto__",
  "constructor",
  "null",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "=HYPERLINK(1)",
  "ﷺ".repeat(20),
  "👩‍💻".repeat(10),
];

/** Strings that no line of text may be: they forge lines, end strings early, or are no Unicode. */
export const unprintableStrings: readonly string[] = ["a\0b", "a\nb", "a\r\nb", "a\u001B[31mb", "a\uD800b", "a\u202Eb"];
