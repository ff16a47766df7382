import type { FastifyInstance } from "fastify";

/** What is asked every few seconds by machines, and logged at `debug` only. */
const quietRoutes = new Set(["/api/health", "/api/health/ready", "/metrics"]);

/**
 * Logs each request when it has been answered: who, what, from where, how it ended. The route's pattern stands for the
 * address, so that neither ids nor what somebody typed into the query comes into the log.
 */
export function logRequests(app: FastifyInstance): void {
  // None of the fields is one that could hold a secret, so that none has to be looked for.
  const log = app.log.child({}, { redact: [] });
  app.addHook("onResponse", (request, reply, done) => {
    const { url: route } = request.routeOptions;
    log[route !== undefined && quietRoutes.has(route) ? "debug" : "info"](
      {
        requestId: request.id,
        method: request.method,
        route: route ?? null,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        ipAddress: request.ip,
        userId: request.principal?.user.id ?? null,
      },
      "request",
    );
    done();
  });
}
