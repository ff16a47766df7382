import { z } from "zod";

/** A password exactly as typed: nothing is trimmed or changed. The policy judges new ones. */
export const passwordField = z.string().min(1).max(1024).meta({ format: "password" });

/** A token of a link, a session or a sign-in that is under way. */
export const tokenField = z.string().min(1).max(512);

/** A code of an authenticator, or a backup code. */
export const codeField = z.string().min(6).max(64);
