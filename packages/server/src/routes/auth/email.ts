import { findUserByEmail, requestEmailVerification, verifyEmail } from "@nerve/database";
import { z } from "zod";
import { HttpError } from "../../errors/index.ts";
import { emailVerificationMail } from "../../mail/index.ts";
import { nothing } from "../../openapi/fields.ts";
import type { RegisterRoutes, ServerContext } from "../server-context.ts";
import { tokenField } from "./fields.ts";

export const registerEmailRoutes: RegisterRoutes = (server, { db }) => {
  server.post(
    "/api/auth/email/verify",
    {
      schema: {
        tags: ["auth"],
        summary: "Confirm an e-mail address with the token of the mail",
        body: z.strictObject({ token: tokenField }),
        response: { 204: nothing },
      },
      config: { access: "anybody", guesses: "address" },
    },
    async (request, reply) => {
      const user = await verifyEmail(db, request.body);
      if (user === null) throw new HttpError("TOKEN_INVALID");
      return reply.code(204).send();
    },
  );
};

/** Mails the link that confirms a user's address. */
export async function mailVerification(
  { id, email }: { id: number; email: string },
  { db, mailer, publicUrl }: ServerContext,
): Promise<void> {
  const { token, expiresAt } = await requestEmailVerification(db, { userId: id });
  mailer.send(emailVerificationMail({ to: email, publicUrl: publicUrl(), token, expiresAt }));
}

/** Mails the link again to somebody who gave the right password but has not used the link yet. */
export async function mailVerificationAgain(email: string, context: ServerContext): Promise<void> {
  const user = await findUserByEmail(context.db, email);
  if (user !== null) await mailVerification(user, context);
}
