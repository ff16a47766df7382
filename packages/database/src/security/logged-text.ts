import { z } from "zod";
import { digestToken } from "../cryptography/tokens.ts";
import { cutCodePoints, notOfOneLine } from "../validation/characters.ts";
import { normalizeEmail, validateEmail } from "../validation/email.ts";

const unprintable = new RegExp(notOfOneLine.source, "gu");
const maxEmailLength = 255;

/** What somebody sent, as one line of a log: cut, well-formed, without what could forge another line. */
function toLoggedLine(value: string, max: number): string {
  return cutCodePoints(value, max).toWellFormed().replaceAll(unprintable, "");
}

/**
 * Text from outside that is logged whatever it is: never refused, but cut and cleaned, so that an attacker's garbage
 * neither keeps an entry out of the log nor forges one.
 *
 * @param max most characters (code points) that are kept
 */
export function loggedLine(max: number) {
  return z.string().overwrite((value) => toLoggedLine(value, max));
}

const digestShape = /^sha256:[0-9a-f]{64}$/;

/**
 * What is logged for an address that somebody typed: its normal form, or, where it is no address, a digest. A password in the
 * wrong field is the most likely thing that is none.
 *
 * @see OWASP ASVS 5.0, 16.2.5
 */
export function toLoggedEmail(typed: string): string {
  const line = cutCodePoints(normalizeEmail(toLoggedLine(typed, maxEmailLength)), maxEmailLength);
  return validateEmail(line) || digestShape.test(line) ? line : `sha256:${digestToken(line)}`;
}

/** An e-mail address as somebody typed it, as `toLoggedEmail` gives it. */
export function loggedEmail() {
  return z.string().overwrite(toLoggedEmail);
}
