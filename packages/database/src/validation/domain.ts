import { domainToASCII, domainToUnicode } from "node:url";
import { foldCase } from "./characters.ts";

/** The longest domain name in octets, in its ASCII form, without the root's dot. */
export const maxDomainOctets = 253;

const asciiLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const asciiTopLevel = /^[a-z]{2,63}$/;
const letter = /\p{L}/u;

/**
 * Tells whether a value is a domain name of at least two labels, internationalised (`bücher.example`) or in its ASCII form
 * (`xn--bcher-kva.example`).
 *
 * Refused: a single label, a trailing dot, an underscore, a numeric top level, an IP address, a URL, white space.
 *
 * @param value - anything; what is not a string is no domain name
 * @returns whether it is one
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 for the lengths
 * @see https://www.rfc-editor.org/rfc/rfc5891 for internationalised names
 */
export function validateDomain(value: unknown): boolean {
  return toAsciiDomain(value) !== undefined;
}

/**
 * Gives a domain name in the one form it is stored and compared in: lower case, internationalised labels as `xn--…`.
 *
 * @returns `undefined` for what `validateDomain` refuses
 */
export function toAsciiDomain(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > maxDomainOctets) return undefined;
  const labels = foldCase(value)?.split(".").map(toAsciiLabel);
  if (labels === undefined || labels.length < 2 || !labels.every((label) => label !== undefined)) return undefined;
  const domain = labels.join(".");
  return domain.length <= maxDomainOctets && isTopLevel(labels.at(-1) ?? "") ? domain : undefined;
}

/**
 * `domainToASCII` is the host parser of URLs: it drops tabs and line feeds, decodes percent signs, stops at a slash and maps
 * look-alikes. Only a label that it turns back into the very same letters is a label.
 */
function toAsciiLabel(label: string): string | undefined {
  if (asciiLabel.test(label) && !isEncoded(label)) return label;
  const ascii = domainToASCII(label);
  if (!asciiLabel.test(ascii)) return undefined;
  if (!isEncoded(ascii)) return ascii === label ? ascii : undefined;
  const unicode = domainToUnicode(ascii);
  // What cannot be decoded comes back empty from some releases of Node 24, and as it was from later ones.
  if (unicode === "" || unicode === ascii) return undefined;
  return ascii === label || unicode === label ? ascii : undefined;
}

function isTopLevel(label: string): boolean {
  return asciiTopLevel.test(label) || (isEncoded(label) && letter.test(domainToUnicode(label)));
}

function isEncoded(label: string): boolean {
  return label.startsWith("xn--");
}
