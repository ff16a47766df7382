import { registerAuditRoutes } from "./audit.ts";
import { registerAuthRoutes } from "./auth/index.ts";
import { registerCompanyRoutes } from "./companies.ts";
import { registerDeepHealth } from "./health/deep.ts";
import { registerHealthRoutes } from "./health/index.ts";
import { registerKeyRoutes } from "./keys.ts";
import { registerMetrics } from "./metrics/index.ts";
import { registerOperationRoutes } from "./operations/index.ts";
import { registerPages } from "./pages/index.ts";
import { registerSecurityTxt } from "./pages/security-txt.ts";
import { registerRoleRoutes } from "./roles.ts";
import { registerScanRoutes } from "./scans.ts";
import { registerSecurityRoutes } from "./security.ts";
import type { RegisterRoutes } from "./server-context.ts";
import { registerSessionRoutes } from "./sessions.ts";
import { registerSetUpRoutes } from "./set-up/index.ts";
import { registerSurfaceRoutes } from "./surface/index.ts";
import { registerUserRoutes } from "./users.ts";

/** Every module's routes, in the order in which the OpenAPI document lists them. */
export const routeModules: readonly RegisterRoutes[] = [
  registerHealthRoutes,
  registerMetrics,
  registerDeepHealth,
  registerSetUpRoutes,
  registerAuthRoutes,
  registerSessionRoutes,
  registerKeyRoutes,
  registerRoleRoutes,
  registerUserRoutes,
  registerCompanyRoutes,
  registerSecurityRoutes,
  registerAuditRoutes,
  registerScanRoutes,
  registerSurfaceRoutes,
  registerOperationRoutes,
  registerPages,
  registerSecurityTxt,
];
