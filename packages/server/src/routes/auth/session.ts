import { DatabaseError, refreshSession, revokeSession } from "@nerve/database";
import { actorOf, sessionOf } from "../../authentication/principal.ts";
import { handle } from "../handle.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { deviceTokenField, tokenField } from "./fields.ts";
import { beginStep, deliverSession, refreshedSchema } from "./sign-in-answers.ts";

export const registerSessionTokenRoutes: RegisterRoutes = (server, context) => {
  const { db, settings, cookies } = context;

  handle(server, "POST /api/auth/refresh", {
    summary:
      "Exchange a refresh token, from the body or the cookie, for new tokens; each works once, and the same client gets the same answer again within seconds",
    access: "anybody",
    guesses: "address",
    body: { refreshToken: tokenField.optional(), deviceToken: deviceTokenField },
    answer: refreshedSchema,
    async run(request, reply) {
      const { refreshToken: inBody } = request.body;
      const transport = inBody === undefined ? "cookie" : "token";
      const answering = { request, reply, context, transport } as const;
      const step = beginStep(answering);
      const refreshToken = inBody ?? cookies.readRefreshToken(request);
      if (refreshToken === undefined) throw new DatabaseError("UNAUTHENTICATED");
      const options = { ...step, idleTimeoutMinutes: settings.sessionIdleMinutes };
      const session = await refreshSession(db, refreshToken, options);
      if (session === null) throw new DatabaseError("UNAUTHENTICATED");
      return deliverSession(session, answering);
    },
  });

  handle(server, "POST /api/auth/sign-out", {
    summary: "End this session",
    access: "account:sign-out",
    status: 204,
    async run(request, reply) {
      await revokeSession(db, sessionOf(request).token, { actor: actorOf(request) });
      cookies.clear(reply);
      reply.header("clear-site-data", '"cache", "storage"');
    },
  });
};
