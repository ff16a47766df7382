import { listRiskAcceptances, replaceRiskAcceptance, revokeRiskAcceptance } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerRiskAcceptanceRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/risk-acceptances", listRiskAcceptances);
  serve(server, context, "POST /api/risk-acceptances/:id/revoke", revokeRiskAcceptance);
  serve(server, context, "POST /api/risk-acceptances/:id/replace", replaceRiskAcceptance, { status: 201 });
};
