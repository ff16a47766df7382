import { z } from "zod";
import { noticeFacts, writeNotice } from "./notices/write-notice.ts";
import { linkTo } from "../settings/index.ts";

/** What a mail says. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

interface Template<Shape extends z.ZodRawShape> {
  readonly facts: z.ZodObject<Shape>;
  /** @param publicUrl the address that people reach NERVE under */
  readonly write: (facts: z.output<z.ZodObject<Shape>>, publicUrl: string) => MailText;
}

function template<Shape extends z.ZodRawShape>(facts: Shape, write: Template<Shape>["write"]): Template<Shape> {
  return { facts: z.object(facts), write };
}

const link = { token: z.string(), expiresAt: z.iso.datetime() };

/** Every mail there is, with what it is written of. The only list. */
export const templates = {
  /** The link to set a new password. */
  "password-reset": template(link, ({ token, expiresAt }, publicUrl) => ({
    subject: "Set a new password for NERVE",
    text: paragraphs(
      "Somebody, probably you, asked for a new password for this NERVE account.",
      `To set one, open this link before ${describeTime(expiresAt)}:`,
      linkTo(publicUrl, "/reset-password", token),
      "If it was not you, do nothing: the password stays as it is.",
    ),
  })),
  /** The link that confirms an address. */
  "email-verification": template(link, ({ token, expiresAt }, publicUrl) => ({
    subject: "Confirm your e-mail address for NERVE",
    text: paragraphs(
      "There is a NERVE account with this e-mail address.",
      `To confirm that the address is yours, open this link before ${describeTime(expiresAt)}:`,
      linkTo(publicUrl, "/verify-email", token),
      "If you know nothing of it, do nothing.",
    ),
  })),
  /** Tells what happened to the account. */
  notice: template(noticeFacts, (facts) => {
    const { subject, parts } = writeNotice(facts);
    return { subject, text: paragraphs(...parts) };
  }),
};

/** Which mail. */
export type MailKind = keyof typeof templates;

/** What a mail is written of. */
export type FactsOf<Kind extends MailKind> = z.input<(typeof templates)[Kind]["facts"]>;

/**
 * Writes a mail.
 * @returns null for a kind or facts of another version of NERVE
 */
export function writeMail(kind: string, facts: unknown, publicUrl: string): MailText | null {
  if (!Object.hasOwn(templates, kind)) return null;
  const known = templates[kind as MailKind] as unknown as Template<z.ZodRawShape>;
  const { data } = known.facts.safeParse(facts);
  return data === undefined ? null : known.write(data, publicUrl);
}

function paragraphs(...parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

function describeTime(moment: string): string {
  return `${moment.slice(0, 16).replace("T", " ")} UTC`;
}
