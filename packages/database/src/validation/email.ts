import { ValidationError } from "../errors/index.ts";
import { foldCase } from "./characters.ts";
import { toAsciiDomain } from "./domain.ts";

/** The longest e-mail address in octets: what fits into the path of an SMTP command. */
export const maxEmailOctets = 254;
const maxLocalPartOctets = 64;

const atom = String.raw`(?!\p{M})[\p{L}\p{M}\p{N}!#$%&'*+/=?^_\x60{|}~\-]+`;
const localPart = new RegExp(String.raw`^${atom}(?:\.${atom})*$`, "u");

/**
 * Tells whether a value is an e-mail address that mail can be sent to.
 *
 * Accepts what mail systems hand out: a dot-separated local part of at most 64 octets, in any script, and a domain name of at
 * least two labels, internationalised or not. Quoted local parts, comments and address literals are refused.
 *
 * @param value - anything; what is not a string is no address
 * @returns whether it is one
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1 for the lengths
 * @see https://www.rfc-editor.org/rfc/rfc6531 for internationalised addresses
 */
export function validateEmail(value: unknown): boolean {
  return toCanonicalEmail(value) !== undefined;
}

/**
 * Gives an e-mail address in the form that is stored and compared: lower case, NFC, the domain in its ASCII form. The one home
 * of the rule that an address is unique whatever its case.
 *
 * Nothing is trimmed. An address that `validateEmail` refuses, as older data may hold, is lower-cased only.
 *
 * @param value - the address
 * @returns the form to store and to compare
 * @throws INVALID_INPUT for what is not a string
 */
export function normalizeEmail(value: unknown): string {
  if (typeof value !== "string") throw new ValidationError([{ field: "email", message: "must be text" }]);
  return toCanonicalEmail(value) ?? value.normalize("NFC").toLowerCase().normalize("NFC");
}

/**
 * The normal form of a valid address.
 *
 * @returns `undefined` for what `validateEmail` refuses
 */
export function toCanonicalEmail(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > maxEmailOctets) return undefined;
  const at = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(at, 0));
  if (!localPart.test(local)) return undefined;
  const folded = foldCase(local);
  const domain = toAsciiDomain(value.slice(at + 1));
  if (folded === undefined || domain === undefined) return undefined;
  const canonical = `${folded}@${domain}`;
  // Both as typed and folded: lower case takes more octets for some letters, fewer for others.
  const fits =
    Math.max(Buffer.byteLength(local), Buffer.byteLength(folded)) <= maxLocalPartOctets &&
    Math.max(Buffer.byteLength(value), Buffer.byteLength(canonical)) <= maxEmailOctets;
  return fits ? canonical : undefined;
}

/**
 * Tells what is wrong with an address that `validateEmail` refuses, without repeating it.
 *
 * @returns the end of a sentence that begins with the field
 */
export function faultOfEmail(value: string): string {
  return `is not a valid e-mail address: ${whatIsWrong(value)}`;
}

function whatIsWrong(value: string): string {
  const at = value.lastIndexOf("@");
  const [local, domain] = [value.slice(0, Math.max(at, 0)), value.slice(at + 1)];
  if (value === "") return "it is empty";
  if (value.length > maxEmailOctets || Buffer.byteLength(value) > maxEmailOctets) {
    return `it is longer than ${maxEmailOctets} bytes`;
  }
  if (/[<>,;]/.test(value)) return "it has to be one address alone, without a name or a second one";
  if (/[\s\p{Cc}\p{Cf}]/u.test(value)) return "it holds a space or a character that nobody sees";
  if (at === -1) return "it has no @";
  if (local === "") return "nothing stands before the @";
  if (domain === "") return "nothing stands after the @";
  return faultOfLocalPart(local) ?? faultOfMailDomain(domain) ?? "in lower case it is too long";
}

function faultOfLocalPart(local: string): string | undefined {
  if (local.includes("@")) return "it has more than one @";
  if (Buffer.byteLength(local) > maxLocalPartOctets) {
    return `more than ${maxLocalPartOctets} bytes stand before the @`;
  }
  if (local.startsWith(".") || local.endsWith(".") || local.includes("..")) {
    return "before the @, a dot has to stand between two other characters";
  }
  return localPart.test(local) ? undefined : "a character stands before the @ that no address may have";
}

function faultOfMailDomain(domain: string): string | undefined {
  if (toAsciiDomain(domain) !== undefined) return undefined;
  if (domain.startsWith(".") || domain.endsWith(".") || domain.includes("..")) {
    return "after the @, a dot has to stand between two other characters";
  }
  if (/^[\d.]+$/.test(domain) || /^\[.*\]$/.test(domain)) return "after the @ stands an IP address, and no domain";
  if (!domain.includes(".")) {
    return "after the @ stands a name without a dot, which means another machine on every network; give the whole domain, such as intranet.example.org";
  }
  return "what stands after the @ is no domain";
}

/** Scripts whose letters look like each other's. Others are mixed by custom, as those of Japanese are. */
const lookAlike = ["Latin", "Cyrillic", "Greek", "Coptic", "Armenian", "Cherokee", "Lisu"].map(
  (script) => new RegExp(`\\p{Script=${script}}`, "u"),
);

/** The Cyrillic letters that Unicode's table of confusables gives a Latin one for. */
const latinInCyrillic =
  "\u0430\u0433\u0435\u043E\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0461\u0475\u04AF\u04BB\u04BD\u04CF\u0501\u051B\u051D\uA647";

/** Nothing but such letters, at least one, beside what all scripts share. */
const allLookLatin = new RegExp(`^[\\P{L}${latinInCyrillic}]*[${latinInCyrillic}][\\P{L}${latinInCyrillic}]*$`, "u");

/** A domain whose last label is not written in Latin letters, where a name that is not is to be expected. */
const foreignDomain = /\.xn--[^.]+$/;

/**
 * Tells why an address may not be that of an account: it would pass for another one to somebody's eyes.
 *
 * @param email in its normal form
 * @returns the end of a sentence that begins with the field; undefined for one that may be
 * @see https://www.unicode.org/reports/tr39/#Email_Security_Profiles
 * @see https://www.unicode.org/reports/tr39/#Whole_Script_Confusables
 */
export function faultOfAccountEmail(email: string): string | undefined {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  if (local.normalize("NFKC") !== local)
    return "holds a character that looks like others, such as a ligature or a wide letter";
  if (lookAlike.filter((script) => script.test(local)).length > 1) {
    return "mixes letters of several scripts before the @, some of which look alike";
  }
  if (allLookLatin.test(local) && !foreignDomain.test(email.slice(at))) {
    return "is written before the @ in Cyrillic letters that all look like Latin ones";
  }
  return undefined;
}
