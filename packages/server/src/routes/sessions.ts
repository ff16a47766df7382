import { endOtherSessions, endSession, listSessions } from "@nerve/database";
import { principalOf } from "../authentication/principal.ts";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

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
  serve(server, context, "DELETE /api/sessions", endOtherSessions, {
    given: {
      exceptToken: (request) => {
        const principal = principalOf(request);
        return principal.kind === "session" ? principal.token : undefined;
      },
    },
  });
};
