import { addFindingNote, assignFindings, deleteFindingNote, setSeverity, tagFindings } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerTriageRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "POST /api/findings/assignments", assignFindings);
  serve(server, context, "POST /api/findings/tags", tagFindings);
  serve(server, context, "PATCH /api/findings/:id", setSeverity);
  serve(server, context, "POST /api/findings/:id/notes", addFindingNote, { status: 201 });
  serve(server, context, "DELETE /api/findings/:id/notes/:noteId", deleteFindingNote, { status: 204 });
};
