import {
  DatabaseError,
  getOwnAccount,
  getUser,
  input,
  type Reaches,
  requireUser,
  updateOwnProfile,
  type User,
} from "@nerve/database";
import { z } from "zod";
import { type Principal, principalOf, type SessionPrincipal } from "../../authentication/principal.ts";
import { permissionsOf } from "../../authorization/authorize.ts";
import { freshForMs } from "../../authorization/freshness.ts";
import { handle } from "../handle.ts";
import { serve } from "../serve.ts";
import type { RegisterRoutes, ServerContext } from "../server-context.ts";

const permissions = z.unknown().meta({
  type: "object",
  additionalProperties: { type: "string", enum: ["all", "company", "own"] },
  description: "What the credential may do, and whose records it reaches with it.",
});

const session = z.object({
  id: z.int(),
  expiresAt: z.date(),
  authenticatedAt: z.date().nullable().meta({ description: "The last sign-in, or entering of the password again." }),
  freshUntil: z.date().nullable().meta({ description: "Until when it does what takes a fresh sign-in." }),
  secondFactorDue: z.date().nullable().meta({ description: "By when a second factor has to be set up." }),
  idleMinutes: z.int().meta({ description: "Minutes without use that end it." }),
});

const key = z.object({
  id: z.int(),
  name: z.string(),
  expiresAt: z.date().nullable(),
  networks: z.array(z.string()).meta({ description: "The networks that it may be used from; none: from anywhere." }),
});

const { shape: userFields } = requireUser.description.output as z.ZodObject;

/** The user, and what the credential is and may do. Of what takes no look-up, for each page of a console asks it. */
const meSchema = z
  .object({
    ...userFields,
    permissions,
    session: session.nullable().meta({ description: "Null for an API key." }),
    key: key.nullable().meta({ description: "Null for a session." }),
  })
  .meta({ id: "Me", description: "The user behind a request, and what the session or the API key may do." });

/** What one is, and what one changes of oneself. */
export const registerMeRoutes: RegisterRoutes = (server, context) => {
  handle(server, "GET /api/auth/me", {
    summary: "The user behind the session or the API key, and what it may do",
    access: "account:read",
    answer: meSchema,
    async run(request) {
      const principal = principalOf(request);
      const user = principal.kind === "session" ? principal.user : await ownerOf(principal, context);
      return { ...user, ...credentialOf(principal, context) };
    },
  });
  serve(server, context, "PATCH /api/auth/me", updateOwnProfile);
  serve(server, context, "GET /api/auth/account", getOwnAccount);
};

async function ownerOf({ user: { id } }: Principal, { db }: ServerContext): Promise<User> {
  const user = await getUser(db, id);
  if (user === null) throw new DatabaseError("UNAUTHENTICATED");
  return user;
}

const written = new WeakMap<Reaches, input.JsonDocument>();

/** What a role may do is the same at each request, and so is the text of it. */
function writtenOnce(reaches: Reaches): input.JsonDocument {
  const known = written.get(reaches) ?? input.JsonDocument.trusted(JSON.stringify(reaches));
  written.set(reaches, known);
  return known;
}

interface Credential {
  readonly permissions: Reaches | input.JsonDocument;
  readonly session: z.output<typeof session> | null;
  readonly key: z.output<typeof key> | null;
}

function credentialOf(principal: Principal, { settings }: ServerContext): Credential {
  const reaches = permissionsOf(principal);
  if (principal.kind === "session") {
    const { sessionIdleMinutes } = settings;
    return { permissions: writtenOnce(reaches), session: sessionOf(principal, sessionIdleMinutes), key: null };
  }
  const { keyId, name, expiresAt, networks } = principal;
  return { permissions: reaches, session: null, key: { id: keyId, name, expiresAt, networks: [...networks] } };
}

function sessionOf({ session: found }: SessionPrincipal, idleMinutes: number): z.output<typeof session> {
  const { sessionId: id, expiresAt, authenticatedAt, secondFactorDue } = found;
  const freshUntil = authenticatedAt === null ? null : new Date(authenticatedAt.getTime() + freshForMs);
  return { id, expiresAt, authenticatedAt, freshUntil, secondFactorDue, idleMinutes };
}
