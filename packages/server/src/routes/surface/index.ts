import type { RegisterRoutes } from "../server-context.ts";
import { registerAssetRoutes } from "./assets.ts";
import { registerExportRoutes } from "./exports.ts";
import { registerFeedRoutes } from "./feeds.ts";
import { registerFindingRoutes } from "./findings.ts";
import { registerImportRoutes } from "./imports.ts";
import { registerReportRoutes } from "./reports.ts";
import { registerRiskAcceptanceRoutes } from "./risk-acceptances.ts";
import { registerSlaPolicyRoutes } from "./sla-policy.ts";
import { registerTriageRoutes } from "./triage.ts";

const groups = [
  registerAssetRoutes,
  registerFindingRoutes,
  registerExportRoutes,
  registerTriageRoutes,
  registerRiskAcceptanceRoutes,
  registerImportRoutes,
  registerReportRoutes,
  registerSlaPolicyRoutes,
  registerFeedRoutes,
];

/** The attack surface: findings, and what they come from. */
export const registerSurfaceRoutes: RegisterRoutes = async (server, context) => {
  for (const register of groups) await register(server, context);
};
