import { getImport, getImportChanges, listImports } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

/** What was imported; reports themselves come in elsewhere. */
export const registerImportRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/imports", listImports);
  serve(server, context, "GET /api/imports/:id", getImport);
  serve(server, context, "GET /api/imports/:id/changes", getImportChanges);
};
