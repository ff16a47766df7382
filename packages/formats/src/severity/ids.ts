/** The CVEs that a text names, in upper case, each once. */
export function cvesIn(text: string): string[] {
  return eachOnce(text.match(/\bCVE-\d{4}-\d{4,}(?!\d)/gi), (cve) => cve.toUpperCase());
}

/** The weaknesses that a text names, as `CWE-79`; without leading zeros, each once. */
export function cwesIn(text: string): string[] {
  return eachOnce(text.match(/\bCWE[-_: ]?0*[1-9]\d{0,5}\b/gi), (cwe) => `CWE-${cwe.replace(/^\D+0*/, "")}`);
}

/** What was found, in one spelling; mostly that is nothing, or one. */
function eachOnce(found: readonly string[] | null, spell: (id: string) => string): string[] {
  return found === null ? [] : [...new Set(found.map((id) => spell(id)))];
}

/** The weakness of a bare number, such as `79`. */
export function cweOf(number: string): string[] {
  return /^0*[1-9]\d{0,5}$/.test(number.trim()) ? [`CWE-${Number(number)}`] : cwesIn(number);
}
