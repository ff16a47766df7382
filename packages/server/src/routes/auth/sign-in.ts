import { signIn } from "@nerve/database";
import { z } from "zod";
import { sessionOf } from "../../authentication/principal.ts";
import { originOf } from "../../authentication/request-origin.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { mailVerificationAgain } from "./email.ts";
import { deviceTokenField, emailField, passwordField } from "./fields.ts";
import { answerSignIn, deviceOf, requireKeptCookies, signInAnswer, transportField } from "./sign-in-answers.ts";

const tags = ["auth"];
const signInBody = z.strictObject({
  email: emailField,
  password: passwordField,
  deviceToken: deviceTokenField,
  transport: transportField,
});

export const registerSignInRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;
  const expiresInHours = context.settings.sessionHours;

  server.post(
    "/api/auth/sign-in",
    {
      schema: { tags, summary: "Sign in", body: signInBody, response: { 200: signInAnswer } },
      // By account the database counts, and spares the devices and networks that the user signed in from: nobody locks out
      // anybody else.
      config: { access: "anybody", guesses: "address" },
    },
    async (request, reply) => {
      const { email, password, transport } = request.body;
      if (transport === "cookie") requireKeptCookies(request, context);
      const result = await signIn(db, {
        email,
        password,
        expiresInHours,
        ...deviceOf(request, context),
        ...originOf(request),
      });
      if (result.status === "email-not-verified") await mailVerificationAgain(email, context);
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
      const { user, sentBy, token: sessionToken } = sessionOf(request);
      const { password } = request.body;
      const device = { ...deviceOf(request, context), sessionToken, ...originOf(request) };
      const result = await signIn(db, { email: user.email, password, expiresInHours, ...device });
      const transport = sentBy === "cookie" ? "cookie" : "token";
      return answerSignIn(result, { request, reply, context, transport });
    },
  );
};
