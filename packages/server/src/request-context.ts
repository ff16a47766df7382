import type { Principal } from "./authentication/principal.ts";
import type { Access } from "./authorization/authorize.ts";
import type { DocumentedRoute } from "./authorization/document-roles.ts";
import type { Scope } from "./authorization/scope.ts";
import type { Guess } from "./limits/create-limits.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it keeps the server from starting. */
    access?: Access;
    /** Whether it takes a sign-in of the last few minutes. */
    fresh?: boolean;
    /** What can be guessed with it, and is therefore limited more tightly. */
    guesses?: Guess;
  }
  interface FastifyInstance {
    /** Every route with who may call it. */
    declaredRoutes: () => DocumentedRoute[];
  }
  interface FastifyRequest {
    /** Who makes the request; null on routes that anybody may call. */
    principal: Principal | null;
    /** Whose records it reaches; null on routes that anybody may call. */
    scope: Scope | null;
  }
}
