import { notices } from "@nerve/database";
import { z } from "zod";
import { noticeTexts } from "./notices.ts";

/** What a notice is written of, as the database's `notify` writes it down. */
export const noticeFacts = {
  notice: z.enum(notices),
  at: z.iso.datetime(),
  byOwner: z.boolean(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
};

type NoticeFacts = z.output<z.ZodObject<typeof noticeFacts>>;

/** Writes the paragraphs of a notice: what happened, when and from where, and what to do. Never a link: such mails are copied. */
export function writeNotice({ notice, at, byOwner, ipAddress, userAgent }: NoticeFacts) {
  const { subject, happened, advice } = noticeTexts[notice];
  const where = [
    `When: ${at.slice(0, 19).replace("T", " ")} UTC`,
    `Who: ${byOwner ? "somebody who is signed in to the account, or has its mail" : "an administrator, or NERVE itself"}`,
    ...(ipAddress === null ? [] : [`From: ${ipAddress}`]),
    ...(userAgent === null ? [] : [`With: ${printable(userAgent)}`]),
  ];
  return { subject, parts: [happened, where.join("\n"), advice] };
}

/** What a client says of itself, on one line and not as a link that a reader might open. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .replaceAll("://", ": //")
    .slice(0, 200);
}
