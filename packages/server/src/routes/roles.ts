import { describeRoles } from "@nerve/database";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

export const registerRoleRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/roles", describeRoles);
};
