/** What may not stand behind the authority of a URI, and a percent sign that escapes nothing. */
const toEscape = /%(?![\da-f]{2})|[^\w\-.~:/?#@!$&'()*+,;=%]/giu;

/** An address as a URI; undefined where it is none. */
export function uriOfAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { href } = new URL(address);
  const authority = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i.exec(href)?.[0] ?? "";
  return authority + escaped(href.slice(authority.length));
}

/** A text that is no whole address as a reference. */
export function uriReference(text: string): string {
  return escaped(text.toWellFormed().replaceAll(":", "%3A"));
}

/** A path of whichever system as a reference. */
export function uriOfPath(path: string): string {
  const parts = path.toWellFormed().replaceAll("\\", "/").split("/");
  return parts.map((part) => encodeURIComponent(part)).join("/");
}

function escaped(text: string): string {
  return text.replaceAll(toEscape, (character) => encodeURIComponent(character));
}
