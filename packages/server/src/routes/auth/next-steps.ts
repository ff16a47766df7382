import { completePasswordChange, completeSecondFactor } from "@nerve/database";
import { z } from "zod";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { codeField, deviceTokenField, passwordField, tokenField } from "./fields.ts";
import { answerSignIn, deviceOf, requireKeptCookies, signInAnswer, transportField } from "./sign-in-answers.ts";

const tags = ["auth"];
const secondFactorBody = z.strictObject({
  challenge: tokenField,
  code: codeField,
  deviceToken: deviceTokenField,
  transport: transportField,
});
const newPasswordBody = z.strictObject({
  challenge: tokenField,
  newPassword: passwordField,
  deviceToken: deviceTokenField,
  transport: transportField,
});

/** The steps that may follow the password. */
export const registerNextStepRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;
  const expiresInHours = context.settings.sessionHours;

  server.post(
    "/api/auth/second-factor",
    {
      schema: { tags, summary: "Give the second factor", body: secondFactorBody, response: { 200: signInAnswer } },
      config: { access: "anybody", guesses: "challenge" },
    },
    async (request, reply) => {
      const { challenge, code, transport } = request.body;
      if (transport === "cookie") requireKeptCookies(request, context);
      const result = await completeSecondFactor(db, {
        challenge,
        code,
        expiresInHours,
        ...deviceOf(request, context),
        ...originOf(request),
      });
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
      if (transport === "cookie") requireKeptCookies(request, context);
      const result = await completePasswordChange(db, {
        challenge,
        newPassword,
        expiresInHours,
        ...deviceOf(request, context),
        ...originOf(request),
      });
      if (result.status === "wrong-credentials") throw new HttpError("TOKEN_INVALID");
      return answerSignIn(result, { request, reply, context, transport });
    },
  );
};
