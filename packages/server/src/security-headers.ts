import type { FastifyInstance } from "fastify";

/**
 * What keeps browsers from doing what nobody asked for: the headers of helmet, a few of them stricter. Answers are data: nothing
 * in them may run, be framed or be kept by a cache. Pages with scripts of their own loosen this for themselves.
 *
 * @see https://owasp.org/www-project-secure-headers/
 */
const securityHeaders = {
  "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

const httpsOnly = { "strict-transport-security": `max-age=${365 * 24 * 3600}; includeSubDomains` };
const notKept = { "cache-control": "no-store" };

/**
 * Sets the security headers of every answer.
 *
 * @param options `https`: people reach NERVE by https only, so browsers are told never to try otherwise
 */
export function setSecurityHeaders(app: FastifyInstance, { https }: { https: boolean }): void {
  const headers = https ? { ...securityHeaders, ...httpsOnly } : securityHeaders;
  const apiHeaders = { ...headers, ...notKept };
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(request.url.startsWith("/api/") ? apiHeaders : headers);
    done();
  });
}
