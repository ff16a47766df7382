import { createApiKey, input, listUserApiKeys, NotFoundError, PermissionError, revokeApiKey } from "@nerve/database";
import { z } from "zod";
import { actorOf, principalOf, sessionOf } from "../../authentication/principal.ts";
import { keyPermissions } from "../../authorization/role-matrix.ts";
import { findScope } from "../../authorization/scope.ts";
import { idParameter, nothing, pageFields, pageOf } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";
import type { RegisterRoutes } from "../server-context.ts";

const tags = ["keys"];
const keySchema = rowSchema("api_keys", { omit: ["userId"] });
const createBody = z.strictObject({
  name: input.text({ min: 1, max: 100 }),
  permissions: z.array(z.enum(keyPermissions)).max(keyPermissions.length).default([]),
  expiresInDays: input.boundedInteger({ min: 1, max: 3650 }).optional(),
});
const createdSchema = z.object({
  key: z.string().meta({ description: "The key. It is shown this once." }),
  keyId: z.int(),
  keyPrefix: z.string(),
  name: z.string(),
  expiresAt: z.date().nullable(),
});

export const registerKeyRoutes: RegisterRoutes = (server, { db }) => {
  server.get(
    "/api/keys",
    {
      schema: {
        tags,
        summary: "List one's own API keys",
        querystring: z.strictObject(pageFields),
        response: { 200: pageOf(keySchema) },
      },
      config: { access: "key:read" },
    },
    (request) => listUserApiKeys(db, principalOf(request).user.id, request.query),
  );

  server.post(
    "/api/keys",
    {
      schema: {
        tags,
        summary: "Make an API key, with permissions that one's role has",
        body: createBody,
        response: { 201: createdSchema },
      },
      config: { access: "key:write" },
    },
    async (request, reply) => {
      const { user } = sessionOf(request);
      const { permissions } = request.body;
      if (permissions.some((permission) => findScope(user, permission) === null)) throw new PermissionError();
      const created = await createApiKey(db, { userId: user.id, ...request.body, actor: actorOf(request) });
      return reply.code(201).send(created);
    },
  );

  server.delete(
    "/api/keys/:id",
    {
      schema: { tags, summary: "Revoke an API key", params: idParameter, response: { 204: nothing } },
      config: { access: "key:write" },
    },
    async (request, reply) => {
      const { user } = sessionOf(request);
      const revoked = await revokeApiKey(db, request.params.id, { userId: user.id, actor: actorOf(request) });
      if (!revoked) throw new NotFoundError();
      return reply.code(204).send();
    },
  );
};
