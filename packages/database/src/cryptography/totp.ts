import { timingSafeEqual } from "node:crypto";
import type * as otp from "otpauth";
import type { Secret } from "otpauth";
import { ValidationError } from "../errors/index.ts";
import { whenNeeded } from "../loading/when-needed.ts";

const otpauth = whenNeeded((load) => load("otpauth") as typeof otp);

/** What every authenticator app understands: SHA-1, six digits, steps of 30 seconds. */
const setting = { algorithm: "SHA1", digits: 6, period: 30 } as const;

/** Steps before and after the present one that are accepted, for clocks that differ and people who type slowly. */
const window = 1;

/** Six digits, as authenticator apps show them: together or in two groups of three. */
const codeShape = /^([0-9]{3}) ?([0-9]{3})$/;
const secretShape = /^[A-Z2-7]{16,128}=*$/;

/**
 * Makes a TOTP secret for one user.
 *
 * @returns 160 random bits in base32, 32 characters. Encrypt it before it is stored.
 * @see RFC 4226, section 4, requirement R6
 */
export function generateTotpSecret(): string {
  return new (otpauth().Secret)({ size: 20 }).base32;
}

/**
 * Writes the `otpauth://` address that an authenticator app reads as a QR code.
 *
 * @param options.secret Base32 secret.
 * @param options.account Whose it is, usually the e-mail address.
 * @param options.issuer Name that the app shows; "NERVE" by default.
 * @returns The address. It holds the secret: show it once, log it never.
 * @throws INVALID_INPUT if the secret is not base32.
 */
export function totpUri(options: { secret: string; account: string; issuer?: string }): string {
  const { secret, account, issuer = "NERVE" } = options;
  return new (otpauth().TOTP)({ ...setting, issuer, label: account, secret: readSecret(secret) }).toString();
}

/**
 * Checks a TOTP code. The caller stores the step that is returned, in the same transaction, and passes it as `lastStep`
 * the next time, so that a code seen over someone's shoulder works no second time.
 *
 * @param options.secret Base32 secret.
 * @param options.code What the user typed.
 * @param options.now The present time.
 * @param options.lastStep The step accepted last for this secret; null if none was.
 * @returns The accepted step (30-second periods since 1970), always greater than `lastStep`; null if the code is wrong,
 *   used already or too old.
 * @throws INVALID_INPUT if the secret is not base32.
 * @see RFC 6238, section 5.2
 */
export function verifyTotp(options: {
  secret: string;
  code: string;
  now: Date;
  lastStep: number | null;
}): number | null {
  const secret = readSecret(options.secret);
  const digits = codeShape.exec(options.code);
  if (digits === null) return null;
  const typed = Buffer.from(`${digits[1]}${digits[2]}`);
  const present = Math.floor(options.now.getTime() / 1000 / setting.period);
  const lastStep = options.lastStep ?? -1;

  // All steps are compared, whichever matches; the latest wins, so that no later one is left for a replay.
  let accepted: number | null = null;
  for (let step = present - window; step <= present + window; step++) {
    const expected = Buffer.from(
      otpauth().HOTP.generate({ secret, algorithm: setting.algorithm, digits: setting.digits, counter: step }),
    );
    if (timingSafeEqual(typed, expected) && step > lastStep) accepted = step;
  }
  return accepted;
}

function readSecret(base32: string): Secret {
  const spelled = base32.replaceAll(" ", "").toUpperCase();
  if (!secretShape.test(spelled)) {
    throw new ValidationError([{ field: "secret", message: "must be base32 of at least 16 characters" }]);
  }
  return otpauth().Secret.fromBase32(spelled);
}
