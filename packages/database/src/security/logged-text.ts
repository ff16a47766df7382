import { z } from "zod";
import { cutCodePoints, notOfOneLine } from "../validation/characters.ts";
import { normalizeEmail } from "../validation/email.ts";

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

/** An e-mail address as somebody typed it: in its normal form where it is one, else as a logged line in lower case. */
export function loggedEmail() {
  return z
    .string()
    .overwrite((value) => cutCodePoints(normalizeEmail(toLoggedLine(value, maxEmailLength)), maxEmailLength));
}
