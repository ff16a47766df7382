import { acknowledgeSecurityEvent, getLoginAttempts, getSecurityEvents } from "@nerve/database";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

export const registerSecurityRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/security/events", getSecurityEvents);
  serve(server, context, "POST /api/security/events/:id/acknowledge", acknowledgeSecurityEvent);
  serve(server, context, "GET /api/security/login-attempts", getLoginAttempts);
};
