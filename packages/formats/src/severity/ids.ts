/** The CVEs that a text names, in upper case, each once. */
export function cvesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\bCVE-\d{4}-\d{4,}(?!\d)/gi), ([cve]) => cve.toUpperCase()))];
}

/** The weaknesses that a text names, as `CWE-79`; without leading zeros, each once. */
export function cwesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\bCWE[-_: ]?0*([1-9]\d{0,5})\b/gi), ([, number]) => `CWE-${number}`))];
}

/** The weakness of a bare number, such as `79`. */
export function cweOf(number: string): string[] {
  return /^0*[1-9]\d{0,5}$/.test(number.trim()) ? [`CWE-${Number(number)}`] : cwesIn(number);
}
