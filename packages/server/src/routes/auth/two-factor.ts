import { confirmTwoFactor, disableTwoFactor, enrolTwoFactor, regenerateBackupCodes } from "@nerve/database";
import { z } from "zod";
import { actorOf, sessionOf } from "../../authentication/principal.ts";
import { nothing } from "../../openapi/fields.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import { codeField } from "./fields.ts";

const tags = ["auth"];
const backupCodes = z.object({ backupCodes: z.array(z.string()) });
const config = { access: "account:two-factor", fresh: true } as const;

export const registerTwoFactorRoutes: RegisterRoutes = (server, context) => {
  registerEnrolmentRoutes(server, context);
  registerFactorRoutes(server, context);
};

function registerEnrolmentRoutes(server: Server, { db }: ServerContext): void {
  server.post(
    "/api/auth/two-factor/enrol",
    {
      schema: {
        tags,
        summary: "Get a secret for an authenticator; it counts once it is confirmed",
        response: { 200: z.object({ secret: z.string(), uri: z.string() }) },
      },
      config,
    },
    (request) => enrolTwoFactor(db, sessionOf(request).user.id),
  );

  server.post(
    "/api/auth/two-factor/confirm",
    {
      schema: {
        tags,
        summary:
          "Switch two-factor sign-in on with a first code; other sessions end, the backup codes are shown this once",
        body: z.strictObject({ code: codeField }),
        response: { 200: backupCodes },
      },
      config: { ...config, guesses: "user" },
    },
    (request) => {
      const { user, token } = sessionOf(request);
      const { code } = request.body;
      return confirmTwoFactor(db, user.id, { code, exceptToken: token, actor: actorOf(request) });
    },
  );
}

function registerFactorRoutes(server: Server, { db }: ServerContext): void {
  server.post(
    "/api/auth/two-factor/disable",
    {
      schema: { tags, summary: "Switch two-factor sign-in off; other sessions end", response: { 204: nothing } },
      config,
    },
    async (request, reply) => {
      const { user, token } = sessionOf(request);
      await disableTwoFactor(db, user.id, { exceptToken: token, actor: actorOf(request) });
      return reply.code(204).send();
    },
  );

  server.post(
    "/api/auth/two-factor/backup-codes",
    {
      schema: { tags, summary: "Replace the backup codes; they are shown this once", response: { 200: backupCodes } },
      config,
    },
    (request) => regenerateBackupCodes(db, sessionOf(request).user.id, { actor: actorOf(request) }),
  );
}
