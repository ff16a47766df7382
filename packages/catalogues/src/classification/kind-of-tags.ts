import { type FindingKind, findingKinds } from "../finding-kinds/finding-kinds.ts";

/** Which tag says more, where lists of tags are equally long. */
export const tagOrder: readonly string[] = `
  default-login takeover c2 malware backdoor eol unauth auth-bypass idor sqli rce ssti xxe ssrf lfi traversal
  deserialization fileupload xss dom-xss csrf crlf hostheader-injection injection smuggling cache redirect token tokens
  git backup config logs files bucket listing debug panel bruteforce mfa session js-analyse dos oast network cloud misconfig
`
  .trim()
  .split(/\s+/);

/** Tags by tool of rules that list what there is, and find no fault. */
export const inventoryTags: ReadonlyMap<string, readonly string[]> = new Map([
  ["nuclei", ["tech", "detect", "discovery", "waf", "favicon"]],
]);

interface TagList {
  readonly kind: FindingKind;
  readonly tags: readonly string[];
}

const lists = findingKinds.flatMap(({ id, tags }) =>
  Object.entries(tags).flatMap(([source, ofKind]) => ofKind.map((list) => ({ source, kind: id, tags: list }))),
);

/** The lists of each tool in the order in which they win; lists that are equal in it keep the order of their kinds. */
const bySource: ReadonlyMap<string, readonly TagList[]> = Map.groupBy(
  lists.toSorted(whichWins),
  ({ source }) => source,
);

function whichWins(one: TagList, other: TagList): number {
  const byLength = other.tags.length - one.tags.length;
  return byLength === 0 ? placeOf(one) - placeOf(other) : byLength;
}

/** The place of the tag that says most; behind all others where none of them is in the order. */
function placeOf({ tags }: TagList): number {
  return Math.min(tagOrder.length, ...tags.map((tag) => tagOrder.indexOf(tag)).filter((place) => place !== -1));
}

/** The kind of the list of tags that is there whole and wins; undefined where none is. */
export function kindOfTags(source: string, tags: readonly string[]): FindingKind | undefined {
  const given = new Set(tags);
  return bySource.get(source)?.find((list) => list.tags.every((tag) => given.has(tag)))?.kind;
}

export function hasInventoryTag(source: string, tags: readonly string[]): boolean {
  return inventoryTags.get(source)?.some((tag) => tags.includes(tag)) ?? false;
}
