import { getSlaPolicy, setSlaPolicy } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerSlaPolicyRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/sla-policy", getSlaPolicy);
  serve(server, context, "PUT /api/sla-policy", setSlaPolicy);
};
