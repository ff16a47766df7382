// Only elements that scanners write: text about markup holds others, which stay.
const breaks = /<\/?(?:br|p|div|ul|ol|tr|table|h[1-6]|pre)\b[^<>]{0,1000}>/gi;
const items = /<li\b[^<>]{0,1000}>/gi;
const marks = /<\/?(?:b|i|u|em|strong|a|span|code|tt|li|td|th|tbody|thead)\b[^<>]{0,1000}>/gi;

const entities: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);

/** The text of a description in simple HTML; text without markup stays as it is. */
export function htmlText(html: string): string {
  if (!/[<&]/.test(html)) return html.trim();
  return html
    .replaceAll(breaks, "\n")
    .replaceAll(items, "\n- ")
    .replaceAll(marks, "")
    .replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (all, decimal, hex, name) =>
      entity(all, decimal as string | undefined, hex as string | undefined, name as string | undefined),
    )
    .replaceAll(/[ \t]*\n\s*/g, "\n")
    .trim();
}

function entity(all: string, decimal?: string, hex?: string, name = ""): string {
  if (decimal === undefined && hex === undefined) return entities.get(name.toLowerCase()) ?? all;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0x10_ff_ff ? all : String.fromCodePoint(code);
}

/** The texts that are not empty. */
export function textsIn(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== "");
}

/** Paragraphs, without those that are empty. */
export function joinTexts(texts: readonly string[]): string {
  return textsIn(texts).join("\n\n");
}

/** The web addresses that a text or HTML names, each once. */
export function urlsIn(text: string): string[] {
  const found = text.matchAll(/\bhttps?:\/\/[^\s<>"'|]{1,2000}/gi);
  return [...new Set(Array.from(found, ([url]) => url.replace(/[.,;)]$/, "").replaceAll("&amp;", "&")))];
}
