import { Registry } from "prom-client";
import { z } from "zod";
import type { RegisterRoutes } from "../server-context.ts";

export const registerMetrics: RegisterRoutes = (server, { metrics, settings }) => {
  server.get(
    "/metrics",
    {
      schema: {
        tags: ["health"],
        summary:
          "Metrics in Prometheus' text format; without a credential only for programs on the server's machine, and not beside NERVE_METRICS_PORT",
        response: { 200: { description: "The metrics", content: { "text/plain": { schema: z.string() } } } },
      },
      config: { access: "metrics:read", openToThisMachine: settings.metricsPort === null },
    },
    async (_request, reply) =>
      reply
        .type(Registry.PROMETHEUS_CONTENT_TYPE)
        .header("cache-control", "no-store")
        .send(await metrics.print()),
  );
};
