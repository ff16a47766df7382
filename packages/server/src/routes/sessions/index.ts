import { listUserSessions, NotFoundError, revokeAllUserSessions, revokeSession } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { actorOf, principalOf, scopeOf } from "../../authentication/principal.ts";
import { idInQuery, idParameter, nothing, pageFields, pageOf } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import { findManagedUser } from "../users/visible-users.ts";

const tags = ["sessions"];
const sessionSchema = rowSchema("sessions", { omit: ["userId", "isActive", "revokedAt"] });
const userId = idInQuery().meta({ description: "Whose; one's own unless told." });

export const registerSessionRoutes: RegisterRoutes = (server, context) => {
  registerListRoute(server, context);
  registerEndRoutes(server, context);
};

function registerListRoute(server: Server, { db, settings }: ServerContext): void {
  server.get(
    "/api/sessions",
    {
      schema: {
        tags,
        summary: "List live sessions",
        querystring: z.strictObject({ userId, ...pageFields }),
        response: { 200: pageOf(sessionSchema) },
      },
      config: { access: "session:read" },
    },
    async (request) => {
      const { userId: wanted, ...page } = request.query;
      const owner = await findOwner(request, db, wanted);
      return listUserSessions(db, owner, { ...page, idleTimeoutMinutes: settings.sessionIdleMinutes });
    },
  );
}

function registerEndRoutes(server: Server, { db }: ServerContext): void {
  server.delete(
    "/api/sessions/:id",
    {
      schema: {
        tags,
        summary: "End a session",
        params: idParameter,
        querystring: z.strictObject({ userId }),
        response: { 204: nothing },
      },
      config: { access: "session:end", fresh: true },
    },
    async (request, reply) => {
      const owner = await findOwner(request, db, request.query.userId);
      const choice = { sessionId: request.params.id, userId: owner };
      if (!(await revokeSession(db, choice, { actor: actorOf(request) }))) throw new NotFoundError();
      return reply.code(204).send();
    },
  );

  server.delete(
    "/api/sessions",
    {
      schema: {
        tags,
        summary: "End every session but this one",
        querystring: z.strictObject({ userId }),
        response: { 200: z.object({ ended: z.int() }) },
      },
      config: { access: "session:end", fresh: true },
    },
    async (request) => {
      const owner = await findOwner(request, db, request.query.userId);
      const principal = principalOf(request);
      const exceptToken = principal.kind === "session" ? principal.token : undefined;
      return { ended: await revokeAllUserSessions(db, owner, { exceptToken, actor: actorOf(request) }) };
    },
  );
}

/** Whose sessions a request means. */
async function findOwner(
  request: FastifyRequest,
  db: ServerContext["db"],
  wanted: number | undefined,
): Promise<number> {
  const { user } = principalOf(request);
  if (wanted === undefined || wanted === user.id) return user.id;
  return (await findManagedUser(db, wanted, { scope: scopeOf(request), user })).id;
}
