/** What a column may mean, with the headings that say so where no mapping does. */
const headings = {
  rule: ["rule", "rule id", "check id", "plugin id", "vulnerability id"],
  title: ["title", "name", "vulnerability", "issue", "finding", "summary"],
  severity: ["severity", "risk", "priority", "level"],
  description: ["description", "details"],
  remediation: ["remediation", "solution", "recommendation", "fix", "mitigation"],
  host: ["host", "hostname", "ip", "ip address", "target", "server"],
  port: ["port"],
  protocol: ["protocol", "transport"],
  url: ["url", "uri", "endpoint"],
  repository: ["repository", "repo"],
  image: ["image"],
  path: ["path", "file", "file path", "filename"],
  line: ["line", "line number", "start line"],
  component: ["component", "package", "library"],
  version: ["version", "installed version"],
  fixedVersion: ["fixed version", "fixed in"],
  cve: ["cve", "cves", "cve id", "cve ids"],
  cwe: ["cwe", "cwes", "cwe id"],
  cvss: ["cvss", "cvss score", "score", "base score"],
  vector: ["vector", "cvss vector"],
  context: ["context"],
} as const;

export type Field = keyof typeof headings;

/** Which cell of a row holds what. */
export type Columns = ReadonlyMap<Field, number>;

export const fields = Object.keys(headings) as Field[];

/** Finds the columns by a mapping of fields to headings, and what it leaves open by the headings themselves. */
export function findColumns(cells: readonly string[], mapping: Readonly<Record<string, string>>): Columns {
  const names = cells.map((cell) => plain(cell));
  const columns = new Map<Field, number>();
  for (const field of fields) {
    const given = Object.hasOwn(mapping, field) ? mapping[field] : undefined;
    const wanted: readonly string[] = given === undefined ? headings[field] : [plain(given)];
    const index = wanted.map((name) => names.indexOf(name)).find((at) => at !== -1);
    if (index !== undefined) columns.set(field, index);
  }
  return columns;
}

function plain(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ");
}
