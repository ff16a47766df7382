import { listFindings } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerFindingRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/findings", listFindings);
};
