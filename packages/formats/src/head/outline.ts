const deepest = 4;
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/**
 * The paths of the keys at the beginning of JSON, lists left out: `runs.results.ruleId`. It stops where the first root
 * ends, and is lenient: what is wrong in the JSON is for the reader to find.
 */
export function readOutline(text: string): Set<string> {
  const keys = new Set<string>();
  const path: string[] = [];
  const kinds: string[] = [];
  let last = "";
  let waiting: string | undefined;
  for (const [part] of text.matchAll(token)) {
    if (part === "{" || part === "[") {
      kinds.push(part);
      path.push(waiting ?? "");
      waiting = undefined;
    } else if (part === "}" || part === "]") {
      kinds.pop();
      path.pop();
      if (kinds.length === 0) break;
    } else if (part === ":") {
      waiting = last.slice(1, -1);
      const names = [...path, waiting].filter((name) => name !== "");
      if (names.length <= deepest && kinds.at(-1) === "{") keys.add(names.join("."));
    } else if (part === ",") waiting = undefined;
    last = part;
  }
  return keys;
}
