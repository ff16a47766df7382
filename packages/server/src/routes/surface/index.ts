import type { RegisterRoutes } from "../server-context.ts";
import { registerAssetRoutes } from "./assets.ts";
import { registerFindingRoutes } from "./findings.ts";
import { registerImportRoutes } from "./imports.ts";

const groups = [registerAssetRoutes, registerFindingRoutes, registerImportRoutes];

/** The attack surface: findings, and what they come from. */
export const registerSurfaceRoutes: RegisterRoutes = async (server, context) => {
  for (const register of groups) await register(server, context);
};
