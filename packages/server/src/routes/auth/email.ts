import { changeOwnEmail, findUserByEmail, requestEmailVerification, type User, verifyEmail } from "@nerve/database";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import { handle } from "../handle.ts";
import { serve } from "../serve.ts";
import type { RegisterRoutes, ServerContext } from "../server-context.ts";
import { tokenField } from "./fields.ts";

export const registerEmailRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "POST /api/auth/email", changeOwnEmail, {
    afterwards: (user) => mailNewAddress(user, context),
  });

  handle(server, "POST /api/auth/email/verify", {
    summary: "Confirm an e-mail address with the token of the mail",
    access: "anybody",
    guesses: "address",
    body: { token: tokenField },
    status: 204,
    async run(request) {
      const user = await verifyEmail(context.db, { ...request.body, ...originOf(request) });
      if (user === null) throw new HttpError("TOKEN_INVALID");
    },
  });
};

/** Mails the link that confirms a user's address. */
export async function mailVerification({ id: userId }: { id: number }, { db, mailer }: ServerContext): Promise<void> {
  const { token, expiresAt, email: to } = await requestEmailVerification(db, { userId });
  const facts = { token, expiresAt: expiresAt.toISOString() };
  await mailer.send({ userId, kind: "email-verification", to, facts, expiresAt });
}

/** Mails the link to the new address of a user, where one waits. */
export async function mailNewAddress(user: Pick<User, "id" | "pendingEmail">, context: ServerContext): Promise<void> {
  if (user.pendingEmail !== null) await mailVerification(user, context);
}

/** Mails the link again to somebody who gave the right password but has not used the link yet. */
export async function mailVerificationAgain(email: string, context: ServerContext): Promise<void> {
  const user = await findUserByEmail(context.db, email);
  if (user !== null) await mailVerification(user, context);
}
