import type { FastifyInstance } from "fastify";

/**
 * What keeps browsers from doing what nobody asked for with data: nothing in an answer may run, be framed, be read by another
 * site or be taken for something else.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html
 */
const dataHeaders = {
  "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/**
 * What pages need besides: the headers of helmet, a few of them stricter. Pages with scripts of their own loosen the policy for
 * themselves.
 *
 * @see https://owasp.org/www-project-secure-headers/
 */
const pageHeaders = {
  ...dataHeaders,
  "cross-origin-opener-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

const httpsOnly = { "strict-transport-security": `max-age=${365 * 24 * 3600}; includeSubDomains` };
const notKept = { "cache-control": "no-store" };

/**
 * Sets the security headers of every answer. What begins with `/api/` is data, and no cache keeps it.
 *
 * @param options `https`: people reach NERVE by https only, so browsers are told never to try otherwise
 */
export function setSecurityHeaders(app: FastifyInstance, { https }: { https: boolean }): void {
  const always = https ? httpsOnly : {};
  const ofData = { ...dataHeaders, ...notKept, ...always };
  const ofPages = { ...pageHeaders, ...always };
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(request.url.startsWith("/api/") ? ofData : ofPages);
    done();
  });
}
