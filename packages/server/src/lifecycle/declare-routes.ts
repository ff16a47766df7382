import type { RouteOptions } from "fastify";
import type { DocumentedRoute } from "../authorization/document-roles.ts";
import type { Server } from "../routes/server-context.ts";

/**
 * Collects every route, and keeps the server from starting with one of which nobody said who may call it.
 *
 * @returns what gives the routes once the server is ready, as the docs list them
 */
export function declareRoutes(server: Server): () => DocumentedRoute[] {
  const routes: RouteOptions[] = [];
  // Collected here and read at the end: a plugin around a route may still say it.
  server.addHook("onRoute", (route) => void routes.push(route));
  server.addHook("onReady", async () => {
    const undeclared = routes.filter(({ config }) => config?.access === undefined);
    if (undeclared.length === 0) return;
    const names = undeclared.map(({ method, url }) => `${[method].flat().join(", ")} ${url}`);
    throw new Error(`Routes without an access: ${names.join("; ")}`);
  });
  return () =>
    routes.flatMap(({ method, url, config }) => {
      const { access, fresh = false, openToThisMachine = false } = config ?? {};
      if (access === undefined) return [];
      const methods = [method].flat().filter((name) => name !== "HEAD");
      return methods.map((name) => ({ method: name, url, access, fresh, openToThisMachine }));
    });
}
