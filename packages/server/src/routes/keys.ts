import {
  createOwnApiKey,
  listApiKeysOfUser,
  listOwnApiKeys,
  revokeApiKeyOfUser,
  revokeOwnApiKey,
  rotateOwnApiKey,
  updateOwnApiKey,
} from "@nerve/database";
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

export const registerKeyRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/keys", listOwnApiKeys);
  serve(server, context, "POST /api/keys", createOwnApiKey, { status: 201 });
  serve(server, context, "PATCH /api/keys/:id", updateOwnApiKey);
  serve(server, context, "POST /api/keys/:id/rotate", rotateOwnApiKey, { status: 201 });
  serve(server, context, "DELETE /api/keys/:id", revokeOwnApiKey, { status: 204 });
  serve(server, context, "GET /api/users/:id/keys", listApiKeysOfUser);
  serve(server, context, "DELETE /api/users/:id/keys/:keyId", revokeApiKeyOfUser, { status: 204 });
};
