import { z } from "zod";
import { isLongerThan, isShorterThan, notOfOneLine, notOfText } from "./characters.ts";
import { maxDomainOctets, toAsciiDomain } from "./domain.ts";
import { faultOfAccountEmail, faultOfEmail, maxEmailOctets, toCanonicalEmail } from "./email.ts";
import { maxIpAddressLength, toCanonicalIpAddress } from "./ip-address.ts";
import { maxNetworkLength, toCanonicalNetwork } from "./network.ts";

export interface TextOptions {
  /** The fewest characters (code points); 0 unless told. From 1 on, text of nothing but blanks is refused. */
  min?: number | undefined;
  /** The most characters (code points), as the column counts them. */
  max: number;
  /** Whether line feeds and tabs may stand in it; false unless told. */
  multiline?: boolean | undefined;
}

const maxCursorLength = 512;

/**
 * A field of text that both engines can hold and any log can show: well-formed, without NUL and control characters.
 *
 * One line also refuses line separators and the characters that override text direction, since it is shown in tables and
 * logs. Several lines keep those of direction, and their `\r\n` becomes `\n`.
 *
 * @param options - `min` and `max` in code points; `multiline`
 */
export function text({ min = 0, max, multiline = false }: TextOptions) {
  const findFault = (value: string): string | undefined => {
    if (isLongerThan(value, max)) return `must be at most ${max} characters long`;
    if (isShorterThan(value, min)) return `must be at least ${min} characters long`;
    if (!value.isWellFormed()) return "must be well-formed Unicode";
    if (multiline ? notOfText.test(value) : notOfOneLine.test(value)) {
      return multiline ? "must not hold control characters" : "must not hold control characters or line breaks";
    }
    return min > 0 && value.trim() === "" ? "must not be blank" : undefined;
  };
  const field = multiline ? z.string().overwrite(toLineFeeds) : z.string();
  return field.check((input) => refuse(input, findFault(input.value))).meta({ minLength: min, maxLength: max });
}

/** An e-mail address; yields its normal form. */
export function email() {
  return normalized(toCanonicalEmail, faultOfEmail).meta({
    format: "idn-email",
    maxLength: maxEmailOctets,
  });
}

/** The e-mail address of an account; yields its normal form. One that could pass for another address to the eye is refused. */
export function accountEmail() {
  return email().check((input) => refuse(input, faultOfAccountEmail(input.value)));
}

/** A domain name of at least two labels; yields its lower-case ASCII form. */
export function domain() {
  return normalized(toAsciiDomain, () => "is not a valid domain").meta({
    format: "idn-hostname",
    maxLength: maxDomainOctets,
  });
}

/** An IPv4 or IPv6 address; yields its shortest form. */
export function ipAddress() {
  return normalized(toCanonicalIpAddress, () => "is not a valid IP address").meta({
    anyOf: [{ format: "ipv4" }, { format: "ipv6" }],
    maxLength: maxIpAddressLength,
  });
}

/** A network of IPv4 or IPv6 addresses, `192.0.2.0/24`, or one address; yields its first address and length. */
export function network() {
  return normalized(toCanonicalNetwork, () => "is no network such as 192.0.2.0/24, and no IP address").meta({
    maxLength: maxNetworkLength,
  });
}

/** The place where the next page of a list begins, as the page before gave it: opaque base64url. */
export function cursor() {
  return z
    .string()
    .check((input) => refuse(input, isCursor(input.value) ? undefined : "is not a cursor of this list"))
    .meta({
      description: "The nextCursor of the page before.",
      pattern: cursorPattern.source,
      maxLength: maxCursorLength,
    });
}

/** One of a fixed set of words. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values);
}

const cursorPattern = /^[A-Za-z0-9_-]+$/;

function isCursor(value: string): boolean {
  return value.length <= maxCursorLength && cursorPattern.test(value);
}

function normalized(normalize: (value: string) => string | undefined, faultOf: (value: string) => string) {
  return z.string().check((input) => {
    const normal = normalize(input.value);
    if (normal === undefined) refuse(input, faultOf(input.value));
    else input.value = normal;
  });
}

function refuse({ issues, value }: z.core.ParsePayload<string>, message: string | undefined): void {
  if (message !== undefined) issues.push({ code: "custom", message, input: value });
}

function toLineFeeds(value: string): string {
  return value.includes("\r\n") ? value.replaceAll("\r\n", "\n") : value;
}
