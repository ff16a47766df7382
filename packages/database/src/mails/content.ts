import { z } from "zod";
import type { SecretPlace } from "../cryptography/index.ts";
import { jsonValue, text } from "../validation/input.ts";

/** Where the content of mails is stored, encrypted. */
export const contentPlace = (row: number): SecretPlace => ({ table: "queued_mails", column: "content", row });

/** What a mail is written of. */
export const mailFacts = z.record(z.string(), jsonValue({ maxBytes: 16_384 }));

/** What is encrypted of a mail. */
export const mailContent = z.strictObject({ to: text({ min: 3, max: 255 }), facts: mailFacts });
