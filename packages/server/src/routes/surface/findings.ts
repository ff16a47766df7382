import {
  countFindings,
  explainIdentity,
  decideFindings,
  getFinding,
  getFindingEvidence,
  getFindingHistory,
  getFindingLocations,
  getFindingNotes,
  getRelatedFindings,
  listFindings,
  topAssets,
  topRules,
} from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerFindingRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/findings", listFindings);
  serve(server, context, "GET /api/findings/facets", countFindings);
  serve(server, context, "GET /api/findings/top-assets", topAssets);
  serve(server, context, "GET /api/findings/top-rules", topRules);
  serve(server, context, "GET /api/findings/:id", getFinding);
  serve(server, context, "GET /api/findings/:id/history", getFindingHistory);
  serve(server, context, "GET /api/findings/:id/locations", getFindingLocations);
  serve(server, context, "GET /api/findings/:id/notes", getFindingNotes);
  serve(server, context, "GET /api/findings/:id/evidence", getFindingEvidence);
  serve(server, context, "GET /api/findings/:id/related", getRelatedFindings);
  serve(server, context, "GET /api/findings/:id/identity", explainIdentity);
  serve(server, context, "POST /api/findings/decisions", decideFindings);
};
