import { checkApiKey, type Database, isApiKey, validateSession } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { isBackground } from "./background.ts";
import type { Principal } from "./principal.ts";
import type { Settings } from "../settings/index.ts";
import { originOf } from "./request-origin.ts";
import type { SessionCookies } from "./session-cookies.ts";

interface Context {
  readonly db: Database;
  readonly cookies: SessionCookies;
  readonly settings: Pick<Settings, "sessionIdleMinutes">;
}

/** Whether a request carries a credential, good or not. */
export function hasCredential(request: FastifyRequest, { cookies }: Pick<Context, "cookies">): boolean {
  return request.headers.authorization !== undefined || cookies.readToken(request) !== undefined;
}

/**
 * Finds out who makes a request: by `Authorization: Bearer` with a session token or an API key, else by the session cookie.
 *
 * @returns null when there is no credential, or it is not, or no longer, good, or a key that is not good from there
 */
export async function authenticate(request: FastifyRequest, context: Context): Promise<Principal | null> {
  const { authorization } = request.headers;
  const { db, cookies } = context;
  if (authorization !== undefined) {
    const credential = /^Bearer ([!-~]{1,4096})$/i.exec(authorization)?.[1];
    if (credential === undefined) return null;
    return isApiKey(credential)
      ? findKey(request, db, credential)
      : findSession(request, context, { token: credential, sentBy: "header" });
  }
  const token = cookies.readToken(request);
  return token === undefined ? null : findSession(request, context, { token, sentBy: "cookie" });
}

async function findSession(
  request: FastifyRequest,
  { db, settings }: Context,
  { token, sentBy }: { token: string; sentBy: "cookie" | "header" },
): Promise<Principal | null> {
  const session = await validateSession(db, token, {
    idleTimeoutMinutes: settings.sessionIdleMinutes,
    updateActivity: !isBackground(request),
    // The session may set up the factor that is demanded, and nothing else: see `authorize`.
    forEnrolment: true,
  });
  return session === null ? null : { kind: "session", user: session.user, session, token, sentBy };
}

async function findKey(request: FastifyRequest, db: Database, key: string): Promise<Principal | null> {
  const { ipAddress } = originOf(request);
  const check = await checkApiKey(db, key, { ipAddress });
  // The answer is that to a key that nobody knows; the security log tells them apart.
  if (check.status === "elsewhere") request.misplacedKey = check;
  return check.status === "valid" ? { kind: "api-key", ...check.key } : null;
}
