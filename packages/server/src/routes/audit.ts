import { getAuditLogs } from "@nerve/database";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

export const registerAuditRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/audit", getAuditLogs);
};
