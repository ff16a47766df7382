/** The ways in which a tool's id may stand among the known ones, the most exact first. */
export function spellingsOf(source: string, key: string): readonly string[] {
  return spellings.get(source)?.(key) ?? [key];
}

const spellings: ReadonlyMap<string, (key: string) => readonly string[]> = new Map([
  // The template, and what matched of it.
  ["nuclei", (key: string) => withoutEnd(key, ":")],
  // The plugin, and the number of one of its alerts: `10038-2`.
  ["zap", (key: string) => withoutEnd(key, "-")],
  // Folders and the rule, by dots; a folder may hold rules of one subject.
  ["semgrep", (key: string) => [key, ...key.split(".").toReversed()]],
  ["trivy", (key: string) => [trivyId(key)]],
]);

function withoutEnd(key: string, mark: string): string[] {
  const end = key.indexOf(mark);
  return end === -1 ? [key] : [key, key.slice(0, end)];
}

/** One spelling of what Trivy spells in three: `AVD-KSV-0041`, `KSV-0041` and `KSV041`; of `AVD-KSV-*` and `KSV*` alike. */
function trivyId(key: string): string {
  const [, family, number = ""] = /^(?:AVD-)?([A-Z]+)-?(\d{1,9}|\*)$/.exec(key) ?? [];
  if (family === undefined) return key;
  return number === "*" ? `${family}-*` : `${family}-${Number(number)}`;
}
