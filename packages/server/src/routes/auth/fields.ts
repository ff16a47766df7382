import { input } from "@nerve/database";
import { z } from "zod";

/** An address to sign in with: any text, for accounts of an older system may have what is no valid address today. */
export const emailField = input.text({ min: 1, max: 255 }).meta({ format: "idn-email" });

/** A password exactly as typed: nothing is trimmed or changed. The policy judges new ones. */
export const passwordField = z.string().min(1).max(1024).meta({ format: "password" });

/** A token of a link, a session or a sign-in that is under way. */
export const tokenField = z.string().min(1).max(512);

/** What an earlier sign-in gave out, for a client without cookies to bring along. */
export const deviceTokenField = tokenField.optional().meta({
  description: "The `deviceToken` of an earlier sign-in: failures elsewhere do not count on a device that is known.",
});

/** A code of an authenticator, or a backup code. */
export const codeField = z.string().min(6).max(64);
