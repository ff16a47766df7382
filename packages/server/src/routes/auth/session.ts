import { DatabaseError, refreshSession, revokeSession } from "@nerve/database";
import { z } from "zod";
import { actorOf, sessionOf } from "../../authentication/principal.ts";
import { originOf } from "../../authentication/request-origin.ts";
import { nothing } from "../../openapi/fields.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { deviceTokenField, tokenField } from "./fields.ts";
import { deliverSession, deviceOf, refreshedSchema, requireKeptCookies } from "./sign-in-answers.ts";

const tags = ["auth"];

export const registerSessionTokenRoutes: RegisterRoutes = (server, context) => {
  const { db, settings, cookies } = context;

  server.post(
    "/api/auth/refresh",
    {
      schema: {
        tags,
        summary:
          "Exchange a refresh token, from the body or the cookie, for new tokens; each works once, and the same client gets the same answer again within seconds",
        body: z.strictObject({ refreshToken: tokenField.optional(), deviceToken: deviceTokenField }),
        response: { 200: refreshedSchema },
      },
      config: { access: "anybody", guesses: "address" },
    },
    async (request, reply) => {
      const inBody = request.body.refreshToken;
      const transport = inBody === undefined ? "cookie" : "token";
      if (transport === "cookie") requireKeptCookies(request, context);
      const refreshToken = inBody ?? cookies.readRefreshToken(request);
      if (refreshToken === undefined) throw new DatabaseError("UNAUTHENTICATED");
      const session = await refreshSession(db, refreshToken, {
        expiresInHours: settings.sessionHours,
        idleTimeoutMinutes: settings.sessionIdleMinutes,
        ...deviceOf(request, context),
        ...originOf(request),
      });
      if (session === null) throw new DatabaseError("UNAUTHENTICATED");
      return deliverSession(session, { request, reply, context, transport });
    },
  );

  server.post(
    "/api/auth/sign-out",
    {
      schema: { tags, summary: "End this session", response: { 204: nothing } },
      config: { access: "account:sign-out" },
    },
    async (request, reply) => {
      await revokeSession(db, sessionOf(request).token, { actor: actorOf(request) });
      cookies.clear(reply);
      return reply.code(204).header("clear-site-data", '"cache", "storage"').send();
    },
  );
};
