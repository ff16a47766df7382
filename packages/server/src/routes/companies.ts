import {
  createCompany,
  deleteCompany,
  demandTwoFactor,
  listCompanies,
  requireCompany,
  restoreCompany,
  updateCompany,
  waiveTwoFactor,
} from "@nerve/database";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

export const registerCompanyRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/companies", listCompanies);
  serve(server, context, "GET /api/companies/:id", requireCompany);
  serve(server, context, "POST /api/companies", createCompany, { status: 201 });
  serve(server, context, "PATCH /api/companies/:id", updateCompany);
  serve(server, context, "DELETE /api/companies/:id", deleteCompany, { status: 204 });
  serve(server, context, "POST /api/companies/:id/restore", restoreCompany);
  serve(server, context, "POST /api/companies/:id/two-factor", demandTwoFactor);
  serve(server, context, "DELETE /api/companies/:id/two-factor", waiveTwoFactor);
};
