import { endAllSessions, endOtherSessions, endSession, listSessions } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { principalOf } from "../authentication/principal.ts";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

function ownToken(request: FastifyRequest): string | undefined {
  const principal = principalOf(request);
  return principal.kind === "session" ? principal.token : undefined;
}

export const registerSessionRoutes: RegisterRoutes = (server, context) => {
  const { sessionIdleMinutes } = context.settings;
  serve(server, context, "GET /api/sessions", listSessions, {
    given: {
      idleTimeoutMinutes: () => sessionIdleMinutes,
      currentId: (request) => {
        const principal = principalOf(request);
        return principal.kind === "session" ? principal.session.sessionId : undefined;
      },
    },
  });
  serve(server, context, "DELETE /api/sessions/:id", endSession, { status: 204 });
  serve(server, context, "DELETE /api/sessions", endOtherSessions, { given: { exceptToken: ownToken } });
  serve(server, context, "POST /api/sessions/end-all", endAllSessions, { given: { exceptToken: ownToken } });
};
