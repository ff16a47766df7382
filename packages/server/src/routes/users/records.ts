import { deleteUser, listUsers, transaction, updateUser } from "@nerve/database";
import { actorOf, scopeOf } from "../../authentication/principal.ts";
import { listFilter } from "../../authorization/scope.ts";
import { idParameter, nothing, pageOf } from "../../openapi/fields.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { changeUserBody, listUsersQuery, userSchema } from "./schemas.ts";
import { findManagedUser, findVisibleUser, reachOf } from "./visible-users.ts";

const tags = ["users"];

export const registerUserRecordRoutes: RegisterRoutes = (server, { db }) => {
  server.get(
    "/api/users",
    {
      schema: { tags, summary: "List users", querystring: listUsersQuery, response: { 200: pageOf(userSchema) } },
      config: { access: "user:read" },
    },
    (request) => {
      const { companyId, ...filters } = request.query;
      // Whoever reaches one company only gets that one's, whichever they ask for.
      return listUsers(db, { companyId, ...filters, ...listFilter(scopeOf(request)) });
    },
  );

  server.get(
    "/api/users/:id",
    {
      schema: { tags, summary: "Get a user", params: idParameter, response: { 200: userSchema } },
      config: { access: "user:read" },
    },
    (request) => findVisibleUser(db, request.params.id, scopeOf(request)),
  );

  server.patch(
    "/api/users/:id",
    {
      schema: {
        tags,
        summary: "Change a user's profile",
        params: idParameter,
        body: changeUserBody,
        response: { 200: userSchema },
      },
      config: { access: "user:write" },
    },
    (request) =>
      transaction(db, async (tx) => {
        const { id } = await findManagedUser(tx, request.params.id, reachOf(request));
        return updateUser(tx, id, request.body, { actor: actorOf(request) });
      }),
  );

  server.delete(
    "/api/users/:id",
    {
      schema: { tags, summary: "Delete a user; can be restored", params: idParameter, response: { 204: nothing } },
      config: { access: "user:write" },
    },
    async (request, reply) => {
      await transaction(db, async (tx) => {
        const { id } = await findManagedUser(tx, request.params.id, reachOf(request));
        await deleteUser(tx, id, { actor: actorOf(request) });
      });
      return reply.code(204).send();
    },
  );
};
