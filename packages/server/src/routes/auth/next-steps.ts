import { completePasswordChange, completeSecondFactor } from "@nerve/database";
import { handle } from "../handle.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { codeField, passwordField, tokenField } from "./fields.ts";
import { answerSignIn, beginStep, signInAnswer, stepFields } from "./sign-in-answers.ts";

const demands = { access: "anybody", guesses: "challenge", answer: signInAnswer } as const;

/** The steps that may follow the password. */
export const registerNextStepRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;

  handle(server, "POST /api/auth/second-factor", {
    summary: "Give the second factor",
    ...demands,
    body: { challenge: tokenField, code: codeField, ...stepFields },
    async run(request, reply) {
      const { challenge, code, transport } = request.body;
      const answering = { request, reply, context, transport };
      const result = await completeSecondFactor(db, { challenge, code, ...beginStep(answering) });
      return answerSignIn(result, { ...answering, wrong: "WRONG_CODE" });
    },
  });

  handle(server, "POST /api/auth/new-password", {
    summary: "Set the new password that a sign-in asks for",
    ...demands,
    body: { challenge: tokenField, newPassword: passwordField, ...stepFields },
    async run(request, reply) {
      const { challenge, newPassword, transport } = request.body;
      const answering = { request, reply, context, transport };
      const result = await completePasswordChange(db, { challenge, newPassword, ...beginStep(answering) });
      return answerSignIn(result, { ...answering, wrong: "TOKEN_INVALID" });
    },
  });
};
