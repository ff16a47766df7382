import { confirmTwoFactor, disableTwoFactor, enrolTwoFactor, regenerateBackupCodes } from "@nerve/database";
import { z } from "zod";
import { actorOf, sessionOf } from "../../authentication/principal.ts";
import { handle } from "../handle.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { codeField } from "./fields.ts";

const backupCodes = z.object({ backupCodes: z.array(z.string()) });
const demands = { access: "account:two-factor", fresh: true } as const;

export const registerTwoFactorRoutes: RegisterRoutes = (server, { db }) => {
  handle(server, "POST /api/auth/two-factor/enrol", {
    summary: "Get a secret for an authenticator; it counts once it is confirmed",
    ...demands,
    answer: z.object({ secret: z.string(), uri: z.string() }),
    run: (request) => enrolTwoFactor(db, sessionOf(request).user.id),
  });

  handle(server, "POST /api/auth/two-factor/confirm", {
    summary: "Switch two-factor sign-in on with a first code; other sessions end, the backup codes are shown this once",
    ...demands,
    guesses: "user",
    body: { code: codeField },
    answer: backupCodes,
    run(request) {
      const { user, token } = sessionOf(request);
      return confirmTwoFactor(db, user.id, { ...request.body, exceptToken: token, actor: actorOf(request) });
    },
  });

  handle(server, "POST /api/auth/two-factor/disable", {
    summary: "Switch two-factor sign-in off; other sessions end",
    ...demands,
    status: 204,
    async run(request) {
      const { user, token } = sessionOf(request);
      await disableTwoFactor(db, user.id, { exceptToken: token, actor: actorOf(request) });
    },
  });

  handle(server, "POST /api/auth/two-factor/backup-codes", {
    summary: "Replace the backup codes; they are shown this once",
    ...demands,
    answer: backupCodes,
    run: (request) => regenerateBackupCodes(db, sessionOf(request).user.id, { actor: actorOf(request) }),
  });
};
