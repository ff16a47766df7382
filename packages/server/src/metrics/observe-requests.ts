import type { FastifyInstance } from "fastify";
import { Histogram, type Registry } from "prom-client";

/** Bounds of the histogram, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures how long each answer took. Routes count by their pattern, and what has none under one name, so that nobody can make
 * labels up.
 */
export function observeRequests(server: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: "nerve_http_request_duration_seconds",
    help: "How long requests took, by method, route and kind of answer.",
    labelNames: ["method", "route", "status"],
    buckets,
    registers: [registry],
  });
  server.addHook("onResponse", (request, reply, done) => {
    const { url } = request.routeOptions;
    const known = url !== undefined && !request.is404;
    const labels = {
      method: known ? request.method : "any",
      route: known ? url : "none",
      status: `${Math.floor(reply.statusCode / 100)}xx`,
    };
    durations.observe(labels, reply.elapsedTime / 1000);
    done();
  });
}
