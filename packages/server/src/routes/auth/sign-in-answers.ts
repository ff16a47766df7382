import { type KnownDevice, type NewSession, revokeSession, type SignInResult } from "@nerve/database";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { authenticate } from "../../authentication/authenticate.ts";
import { requireSite } from "../../authentication/refuse-other-sites.ts";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import type { ServerContext } from "../server-context.ts";
import { deviceTokenField } from "./fields.ts";
import { userSchema } from "../../openapi/user-schema.ts";

/** How a client gets its session: as tokens in the answer, or as cookies that no script can read. */
const transportField = z.enum(["token", "cookie"]).default("token");

/** What each step of a sign-in takes besides what proves the user. */
export const stepFields = { deviceToken: deviceTokenField, transport: transportField };

const nextStep = { challenge: z.string(), expiresAt: z.date() };

/** Tokens are there unless they are in cookies. */
const sessionFields = {
  sessionId: z.int(),
  expiresAt: z.date(),
  token: z.string().optional(),
  refreshToken: z.string().optional(),
};

export const refreshedSchema = z.object(sessionFields);

/** How a sign-in goes on. */
export const signInAnswer = z
  .discriminatedUnion("status", [
    z.object({
      status: z.literal("signed-in"),
      ...sessionFields,
      deviceToken: z.string().optional(),
      user: userSchema,
      secondFactorDue: z.date().nullable().meta({
        description: "By when a second factor has to be set up; from then on the session does that and nothing else.",
      }),
    }),
    z.object({ status: z.literal("second-factor-needed"), ...nextStep }),
    z.object({ status: z.literal("password-change-needed"), ...nextStep }),
  ])
  .meta({ id: "SignIn", description: "Signed in, or the step that comes next." });

interface Answering {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: ServerContext;
  readonly transport: z.output<typeof transportField>;
  /** What a client is told that did not prove its user. */
  readonly wrong?: "WRONG_CREDENTIALS" | "WRONG_CODE" | "TOKEN_INVALID";
}

/**
 * Begins what ends with a session.
 *
 * @returns what the database is told of where it begins, and for how long
 * @throws {HttpError} CROSS_SITE, COOKIES_NEED_HTTPS: nothing is tried for cookies that would not be kept
 */
export function beginStep({ request, context, transport }: Answering) {
  if (transport === "cookie") requireKeptCookies(request, context);
  return { expiresInHours: context.settings.sessionHours, ...deviceOf(request, context), ...originOf(request) };
}

/**
 * Answers a step of a sign-in. A session that the request brought along ends when the new one begins.
 *
 * @throws {HttpError} WRONG_CREDENTIALS or what else `wrong` says, ACCOUNT_LOCKED, ACCOUNT_SUSPENDED, EMAIL_NOT_VERIFIED,
 *   FIRST_PASSWORD_ENDED
 * @see OWASP ASVS 5.0, 7.2.4
 */
export async function answerSignIn(result: SignInResult, answering: Answering): Promise<z.output<typeof signInAnswer>> {
  switch (result.status) {
    case "signed-in": {
      await endFormerSession(answering);
      const { status, user, secondFactorDue, session, device } = result;
      return {
        status,
        user,
        secondFactorDue,
        ...deliverSession(session, answering),
        ...deliverDevice(device, answering),
      };
    }
    case "second-factor-needed":
    case "password-change-needed":
      return result;
    case "wrong-credentials":
      throw new HttpError(answering.wrong ?? "WRONG_CREDENTIALS");
    case "locked":
      throw new HttpError("ACCOUNT_LOCKED", retryAfter(result.until, answering));
    case "suspended":
      throw new HttpError("ACCOUNT_SUSPENDED");
    case "first-password-ended":
      throw new HttpError("FIRST_PASSWORD_ENDED");
    case "email-not-verified":
      throw new HttpError("EMAIL_NOT_VERIFIED");
  }
}

/** Puts the tokens where the client wants them. */
export function deliverSession(
  session: NewSession,
  { request, reply, context, transport }: Answering,
): z.output<typeof refreshedSchema> {
  const { sessionId, expiresAt, token, refreshToken } = session;
  if (transport === "token") return { sessionId, expiresAt, token, refreshToken };
  requireKeptCookies(request, context);
  context.cookies.set(reply, session);
  return { sessionId, expiresAt };
}

/**
 * Refuses cookies that another site asks for, or that the browser would not keep.
 *
 * @throws {HttpError} CROSS_SITE, COOKIES_NEED_HTTPS
 */
function requireKeptCookies(request: FastifyRequest, { cookies }: Pick<ServerContext, "cookies">): void {
  requireSite(request);
  cookies.requireKept(request);
}

/** The device as a client brings it back: in the body, or as the cookie that an earlier sign-in left. */
function deviceOf(request: FastifyRequest, { cookies }: ServerContext): { deviceToken?: string } {
  const { deviceToken: inBody } = (request.body ?? {}) as { deviceToken?: string };
  const deviceToken = inBody ?? cookies.readDeviceToken(request);
  return deviceToken === undefined ? {} : { deviceToken };
}

function deliverDevice(device: KnownDevice, { reply, context, transport }: Answering): { deviceToken?: string } {
  if (transport === "token") return { deviceToken: device.token };
  context.cookies.setDevice(reply, device);
  return {};
}

async function endFormerSession({ request, context }: Answering): Promise<void> {
  const former = await authenticate(request, context);
  if (former?.kind !== "session") return;
  await revokeSession(context.db, former.token, { actor: { userId: former.user.id, ...originOf(request) } });
}

function retryAfter(until: Date | null, { context }: Answering): { retryAfter?: number } {
  if (until === null) return {};
  return { retryAfter: Math.max(1, Math.ceil((until.getTime() - context.db.clock.now().getTime()) / 1000)) };
}
