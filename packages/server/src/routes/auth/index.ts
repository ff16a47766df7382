import type { RegisterRoutes } from "../server-context.ts";
import { registerEmailRoutes } from "./email.ts";
import { registerMeRoutes } from "./me.ts";
import { registerNextStepRoutes } from "./next-steps.ts";
import { registerPasswordRoutes } from "./password.ts";
import { registerSessionTokenRoutes } from "./session.ts";
import { registerSignInRoutes } from "./sign-in.ts";
import { registerTwoFactorRoutes } from "./two-factor.ts";

const groups = [
  registerSignInRoutes,
  registerNextStepRoutes,
  registerSessionTokenRoutes,
  registerMeRoutes,
  registerPasswordRoutes,
  registerEmailRoutes,
  registerTwoFactorRoutes,
];

export const registerAuthRoutes: RegisterRoutes = async (server, context) => {
  for (const register of groups) await register(server, context);
};
