import type { FastifyInstance } from "fastify";
import { clientAddress } from "../proxies/client-address.ts";

/** What is asked every few seconds by machines, and logged at `debug` only. */
const quietRoutes = new Set(["/api/health", "/api/health/ready", "/metrics"]);

/**
 * Logs each request when it has been answered: who, what, from where, how it ended. The route's pattern stands for the
 * address, so that neither ids nor what somebody typed into the query comes into the log.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { url: route } = request.routeOptions;
    app.log[route !== undefined && quietRoutes.has(route) ? "debug" : "info"](
      {
        requestId: request.id,
        method: request.method,
        route: route ?? null,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        ipAddress: clientAddress(request),
        userId: request.principal?.user.id ?? null,
      },
      "request",
    );
    done();
  });
}
