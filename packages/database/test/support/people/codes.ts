import { Secret, TOTP } from "otpauth";
import type { Handle } from "../../../src/database/handle.ts";
import { confirmTwoFactor, enrolTwoFactor } from "../../../src/identity/sign-in/two-factor.ts";
import type { TestClock } from "../clock.ts";

/** What an authenticator app shows for a secret at a time. */
export function codeAt(secret: string, time: Date): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: time.getTime() });
}

/** Switches two-factor sign-in on for a user, and moves the clock on to the next step. */
export async function enableTwoFactor(
  db: Handle,
  clock: TestClock,
  userId: number,
): Promise<{ secret: string; backupCodes: string[] }> {
  const { secret } = await enrolTwoFactor(db, userId);
  const { backupCodes } = await confirmTwoFactor(db, userId, { code: codeAt(secret, clock.now()) });
  clock.advance({ seconds: 30 });
  return { secret, backupCodes };
}
