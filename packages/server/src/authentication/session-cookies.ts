import type { KnownDevice, NewSession } from "@nerve/database";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../errors/index.ts";
import { isLoopbackHost, type Settings } from "../settings/index.ts";

/** The cookies of a browser's session. */
export interface SessionCookies {
  readonly readToken: (request: FastifyRequest) => string | undefined;
  readonly readRefreshToken: (request: FastifyRequest) => string | undefined;
  /** The token of the device, which outlives sessions: it lets nobody in, and tells the device from strangers'. */
  readonly readDeviceToken: (request: FastifyRequest) => string | undefined;
  readonly set: (reply: FastifyReply, session: NewSession) => void;
  readonly setDevice: (reply: FastifyReply, device: KnownDevice) => void;
  readonly clear: (reply: FastifyReply) => void;
  /**
   * Refuses a sign-in whose cookies the browser would throw away without a word.
   * @throws {HttpError} COOKIES_NEED_HTTPS
   */
  readonly requireKept: (request: FastifyRequest) => void;
}

/** How long a browser keeps the refresh token, in seconds; the database decides how long it is good for. */
const refreshSeconds = 30 * 24 * 3600;

/**
 * Makes the cookies: out of reach of scripts, never sent from another site, and with `__Host-` bound to this very host.
 *
 * @param options `secure`: false drops `Secure` and `__Host-`, which browsers refuse over plain HTTP
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */
export function createSessionCookies({ secure }: { secure: boolean }): SessionCookies {
  const prefix = secure ? "__Host-" : "";
  const names = {
    session: `${prefix}nerve_session`,
    refresh: `${prefix}nerve_refresh`,
    device: `${prefix}nerve_device`,
  };
  const attributes = { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
  return {
    readToken: (request) => request.cookies[names.session],
    readRefreshToken: (request) => request.cookies[names.refresh],
    readDeviceToken: (request) => request.cookies[names.device],
    setDevice(reply, { token, expiresAt }) {
      reply.setCookie(names.device, token, { ...attributes, expires: expiresAt });
    },
    set(reply, { token, refreshToken, expiresAt }) {
      reply.setCookie(names.session, token, { ...attributes, expires: expiresAt });
      reply.setCookie(names.refresh, refreshToken, { ...attributes, maxAge: refreshSeconds });
    },
    clear(reply) {
      reply.clearCookie(names.session, attributes);
      reply.clearCookie(names.refresh, attributes);
    },
    requireKept({ headers: { origin } }) {
      if (secure && origin !== undefined && isPlainHttp(origin)) throw new HttpError("COOKIES_NEED_HTTPS");
    },
  };
}

/** Whether the cookies are for https only: not where plain HTTP is allowed, and people reach NERVE by it. */
export function areCookiesSecure({
  secureCookies,
  allowPlainHttp,
  publicUrl,
}: Pick<Settings, "secureCookies" | "allowPlainHttp" | "publicUrl">): boolean {
  const isHttps = publicUrl?.startsWith("https:") ?? false;
  return secureCookies && (isHttps || !allowPlainHttp);
}

/** Whether a page has come over plain HTTP from elsewhere; browsers trust this machine's own names without TLS. */
function isPlainHttp(origin: string): boolean {
  const url = URL.parse(origin);
  if (url?.protocol !== "http:") return false;
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  return !isLoopbackHost(host) && !host.endsWith(".localhost");
}
