import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

const yearInSeconds = 365 * 24 * 3600;

/**
 * Sets the headers that keep browsers from doing what nobody asked for. Answers are data: nothing in them may run, be framed
 * or be kept by a cache. Pages with scripts of their own loosen this for themselves.
 *
 * @param options `https`: people reach NERVE by https only, so browsers are told never to try otherwise
 */
export async function setSecurityHeaders(app: FastifyInstance, { https }: { https: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: https ? { maxAge: yearInSeconds, includeSubDomains: true } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    crossOriginResourcePolicy: { policy: "same-origin" },
  });
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store");
  });
}
