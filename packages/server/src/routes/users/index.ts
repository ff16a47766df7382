import type { RegisterRoutes } from "../server-context.ts";
import { registerUserActionRoutes } from "./actions.ts";
import { registerStandingRoutes } from "./changes-of-standing.ts";
import { registerCreateUserRoute } from "./create.ts";
import { registerUserRecordRoutes } from "./records.ts";

const groups = [registerUserRecordRoutes, registerCreateUserRoute, registerStandingRoutes, registerUserActionRoutes];

export const registerUserRoutes: RegisterRoutes = async (server, context) => {
  for (const register of groups) await register(server, context);
};
