import { completePasswordChange, completeSecondFactor, signIn } from "@nerve/database";
import { z } from "zod";
import { sessionOf } from "../../authentication/principal.ts";
import { requireSite } from "../../authentication/refuse-other-sites.ts";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { mailVerificationAgain } from "./email.ts";
import { codeField, emailField, passwordField, tokenField } from "./fields.ts";
import { answerSignIn, signInAnswer, transportField } from "./sign-in-answers.ts";

const tags = ["auth"];
const signInBody = z.strictObject({ email: emailField, password: passwordField, transport: transportField });
const secondFactorBody = z.strictObject({ challenge: tokenField, code: codeField, transport: transportField });
const newPasswordBody = z.strictObject({
  challenge: tokenField,
  newPassword: passwordField,
  transport: transportField,
});

export const registerSignInRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;
  const expiresInHours = context.settings.sessionHours;

  server.post(
    "/api/auth/sign-in",
    {
      schema: { tags, summary: "Sign in", body: signInBody, response: { 200: signInAnswer } },
      // By account the database counts, and spares the addresses that the user signs in from: nobody locks out anybody else.
      config: { access: "anybody", guesses: "address" },
    },
    async (request, reply) => {
      const { email, password, transport } = request.body;
      if (transport === "cookie") requireSite(request);
      const result = await signIn(db, { email, password, expiresInHours, ...originOf(request) });
      if (result.status === "email-not-verified") await mailVerificationAgain(email, context);
      return answerSignIn(result, { request, reply, context, transport });
    },
  );

  server.post(
    "/api/auth/second-factor",
    {
      schema: { tags, summary: "Give the second factor", body: secondFactorBody, response: { 200: signInAnswer } },
      config: { access: "anybody", guesses: "challenge" },
    },
    async (request, reply) => {
      const { challenge, code, transport } = request.body;
      if (transport === "cookie") requireSite(request);
      const result = await completeSecondFactor(db, { challenge, code, expiresInHours, ...originOf(request) });
      if (result.status === "wrong-credentials") throw new HttpError("WRONG_CODE");
      return answerSignIn(result, { request, reply, context, transport });
    },
  );

  server.post(
    "/api/auth/new-password",
    {
      schema: {
        tags,
        summary: "Set the new password that a sign-in asks for",
        body: newPasswordBody,
        response: { 200: signInAnswer },
      },
      config: { access: "anybody", guesses: "challenge" },
    },
    async (request, reply) => {
      const { challenge, newPassword, transport } = request.body;
      if (transport === "cookie") requireSite(request);
      const result = await completePasswordChange(db, { challenge, newPassword, expiresInHours, ...originOf(request) });
      if (result.status === "wrong-credentials") throw new HttpError("TOKEN_INVALID");
      return answerSignIn(result, { request, reply, context, transport });
    },
  );

  server.post(
    "/api/auth/reauthenticate",
    {
      schema: {
        tags,
        summary: "Enter the password again, for what takes a fresh sign-in; the session is replaced",
        body: z.strictObject({ password: passwordField }),
        response: { 200: signInAnswer },
      },
      config: { access: "account:reauthenticate", guesses: "user" },
    },
    async (request, reply) => {
      const { user, sentBy } = sessionOf(request);
      const { password } = request.body;
      const result = await signIn(db, { email: user.email, password, expiresInHours, ...originOf(request) });
      const transport = sentBy === "cookie" ? "cookie" : "token";
      return answerSignIn(result, { request, reply, context, transport });
    },
  );
};
