import type { NewSession } from "@nerve/database";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The cookies of a browser's session. */
export interface SessionCookies {
  readonly readToken: (request: FastifyRequest) => string | undefined;
  readonly readRefreshToken: (request: FastifyRequest) => string | undefined;
  readonly set: (reply: FastifyReply, session: NewSession) => void;
  readonly clear: (reply: FastifyReply) => void;
}

/** How long a browser keeps the refresh token, in seconds; the database decides how long it is good for. */
const refreshSeconds = 30 * 24 * 3600;

/**
 * Makes the cookies: out of reach of scripts, never sent from another site, and with `__Host-` bound to this very host.
 *
 * @param options `secure`: false drops `Secure` and `__Host-`, for a browser that refuses them on http://127.0.0.1
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */
export function createSessionCookies({ secure }: { secure: boolean }): SessionCookies {
  const prefix = secure ? "__Host-" : "";
  const names = { session: `${prefix}nerve_session`, refresh: `${prefix}nerve_refresh` };
  const attributes = { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
  return {
    readToken: (request) => request.cookies[names.session],
    readRefreshToken: (request) => request.cookies[names.refresh],
    set(reply, { token, refreshToken, expiresAt }) {
      reply.setCookie(names.session, token, { ...attributes, expires: expiresAt });
      reply.setCookie(names.refresh, refreshToken, { ...attributes, maxAge: refreshSeconds });
    },
    clear(reply) {
      reply.clearCookie(names.session, attributes);
      reply.clearCookie(names.refresh, attributes);
    },
  };
}
