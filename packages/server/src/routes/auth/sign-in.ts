import { signIn } from "@nerve/database";
import { sessionOf } from "../../authentication/principal.ts";
import { handle } from "../handle.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { mailVerificationAgain } from "./email.ts";
import { emailField, passwordField } from "./fields.ts";
import { answerSignIn, beginStep, signInAnswer, stepFields } from "./sign-in-answers.ts";

export const registerSignInRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;

  handle(server, "POST /api/auth/sign-in", {
    summary: "Sign in",
    access: "anybody",
    // By account the database counts, and spares the devices and networks that the user signed in from: nobody locks out
    // anybody else.
    guesses: "address",
    body: { email: emailField, password: passwordField, ...stepFields },
    answer: signInAnswer,
    async run(request, reply) {
      const { email, password, transport } = request.body;
      const answering = { request, reply, context, transport };
      const result = await signIn(db, { email, password, ...beginStep(answering) });
      if (result.status === "email-not-verified") await mailVerificationAgain(email, context);
      return answerSignIn(result, answering);
    },
  });

  handle(server, "POST /api/auth/reauthenticate", {
    summary: "Enter the password again, for what takes a fresh sign-in; the session is replaced",
    access: "account:reauthenticate",
    guesses: "user",
    body: { password: passwordField },
    answer: signInAnswer,
    async run(request, reply) {
      const { user, sentBy, token: sessionToken } = sessionOf(request);
      const { password } = request.body;
      const transport = sentBy === "cookie" ? "cookie" : "token";
      const answering = { request, reply, context, transport } as const;
      const result = await signIn(db, { email: user.email, password, sessionToken, ...beginStep(answering) });
      return answerSignIn(result, answering);
    },
  });
};
