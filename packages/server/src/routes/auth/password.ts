import { changePassword, requestPasswordReset, resetPassword, type ResetRequest } from "@nerve/database";
import { z } from "zod";
import { sessionOf } from "../../authentication/principal.ts";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import { linkTo } from "../../settings/index.ts";
import { handle } from "../handle.ts";
import type { RegisterRoutes, ServerContext } from "../server-context.ts";
import { emailField, passwordField, tokenField } from "./fields.ts";

export const registerPasswordRoutes: RegisterRoutes = (server, context) => {
  const { db, cookies, background } = context;

  handle(server, "POST /api/auth/password", {
    summary: "Change one's own password; every other session ends",
    access: "account:change",
    guesses: "user",
    body: {
      currentPassword: passwordField,
      newPassword: passwordField,
      revokeKeys: z.boolean().default(false).meta({ description: "Whether one's API keys end as well." }),
    },
    status: 204,
    async run(request) {
      const { user, token } = sessionOf(request);
      await changePassword(db, user.id, { ...request.body, exceptToken: token, ...originOf(request) });
    },
  });

  handle(server, "POST /api/auth/password/reset-request", {
    summary: "Ask for a mail with a link to set a new password; the answer does not tell whether there is an account",
    access: "anybody",
    // By who asks: whom it is about has a limit of one mail in a few minutes, and is refused nothing.
    guesses: "address",
    body: { email: emailField },
    status: 202,
    run(request) {
      const asked = { ...request.body, ...originOf(request) };
      // After the answer, which is then as quick for an address that nobody has as for one that has an account.
      background.run(() => answerByMail(asked, context));
    },
  });

  handle(server, "POST /api/auth/password/reset", {
    summary: "Set a new password with the token of the mail; every session ends",
    access: "anybody",
    guesses: "address",
    body: { token: tokenField, newPassword: passwordField },
    status: 204,
    async run(request, reply) {
      const done = await resetPassword(db, { ...request.body, ...originOf(request) });
      if (done === null) throw new HttpError("TOKEN_INVALID");
      // In a browser, and the link leads to one: the user signs in next, whatever strangers try meanwhile.
      cookies.setDevice(reply, done.device);
    },
  });
};

async function answerByMail(asked: ResetRequest, context: ServerContext): Promise<void> {
  const link = await requestPasswordReset(context.db, asked);
  if (link !== null) await mailReset({ link, userId: link.userId }, context);
}

/** What an administrator is shown of the link that they hand over. */
const shownLink = z.object({
  link: z.string().meta({ description: "To be handed over to the user. It is shown this once." }),
  expiresAt: z.date(),
});

/** Shows the link to set a password in the place of its token. */
export function shownPasswordLink({ publicUrl }: ServerContext) {
  return {
    schema: shownLink,
    of: ({ token, expiresAt }: { readonly token: string; readonly expiresAt: Date }) => ({
      link: linkTo(publicUrl(), "/reset-password", token),
      expiresAt,
    }),
  };
}

interface ResetMail {
  readonly userId: number;
  /** Null where there is none to mail. */
  readonly link: { readonly token: string; readonly expiresAt: Date } | null;
}

/** Mails a user the link to set a new password. */
export async function mailReset({ userId, link }: ResetMail, { mailer }: ServerContext): Promise<void> {
  if (link === null) return;
  const { token, expiresAt } = link;
  const facts = { token, expiresAt: expiresAt.toISOString() };
  await mailer.send({ userId, kind: "password-reset", facts, expiresAt });
}
