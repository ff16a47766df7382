/** Where a finding is, as far as two tools can agree on it. */
export interface Place {
  readonly url: string | null;
  readonly parameter: string | null;
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly component: string | null;
}

/** Tells whether two places on one asset are the same. What one of them leaves open, such as a line, does not part them. */
export function isSamePlace(one: Place, other: Place): boolean {
  switch (formOf(one)) {
    case "url":
      return other.url !== null && addressOf(one) === addressOf(other) && agree(one.parameter, other.parameter);
    case "component":
      return formOf(other) === "component" && one.component === other.component;
    case "file":
      return formOf(other) === "file" && one.filePath === other.filePath && overlap(one, other);
    case "asset":
      return formOf(other) === "asset";
  }
}

/** What a place is told by: what has none of these is the asset itself. */
function formOf({ url, component, filePath }: Place): "url" | "component" | "file" | "asset" {
  if (url !== null) return "url";
  if (component !== null) return "component";
  return filePath === null ? "asset" : "file";
}

/** An address without its query, which scanners make up, and without the port that its scheme implies. */
function addressOf({ url }: Place): string {
  const text = url ?? "";
  if (!URL.canParse(text)) return text.split(/[?#]/)[0] ?? "";
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

function agree(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}

function overlap(one: Place, other: Place): boolean {
  if (one.startLine === null || other.startLine === null) return true;
  return one.startLine <= (other.endLine ?? other.startLine) && other.startLine <= (one.endLine ?? one.startLine);
}
