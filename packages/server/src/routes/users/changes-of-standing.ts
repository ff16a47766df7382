import { changeUserEmail, changeUserRole, moveUserToCompany, transaction } from "@nerve/database";
import { actorOf, principalOf } from "../../authentication/principal.ts";
import { idParameter } from "../../openapi/fields.ts";
import { mailVerification } from "../auth/email.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import { changeEmailBody, changeRoleBody, moveUserBody, userSchema } from "./schemas.ts";
import { findManagedUser, reachOf, requireRank } from "./visible-users.ts";

const tags = ["users"];

/** Changes that decide who may do what; each takes a fresh sign-in, and an API key cannot give one. */
export const registerStandingRoutes: RegisterRoutes = (server, context) => {
  registerEmailRoute(server, context);
  registerRoleRoutes(server, context);
};

function registerEmailRoute(server: Server, context: ServerContext): void {
  const { db } = context;

  server.post(
    "/api/users/:id/email",
    {
      schema: {
        tags,
        summary: "Give a user another e-mail address, to be confirmed by mail",
        params: idParameter,
        body: changeEmailBody,
        response: { 200: userSchema },
      },
      config: { access: "user:write", fresh: true },
    },
    async (request) => {
      const user = await transaction(db, async (tx) => {
        const { id } = await findManagedUser(tx, request.params.id, reachOf(request));
        return changeUserEmail(tx, id, { ...request.body, actor: actorOf(request) });
      });
      if (!user.emailVerified) await mailVerification(user, context);
      return user;
    },
  );
}

function registerRoleRoutes(server: Server, { db }: ServerContext): void {
  server.post(
    "/api/users/:id/role",
    {
      schema: {
        tags,
        summary: "Give a user another role, none above one's own",
        params: idParameter,
        body: changeRoleBody,
        response: { 200: userSchema },
      },
      config: { access: "user:write", fresh: true },
    },
    (request) =>
      transaction(db, async (tx) => {
        const { id } = await findManagedUser(tx, request.params.id, reachOf(request));
        requireRank(principalOf(request).user, request.body.role);
        return changeUserRole(tx, id, { ...request.body, actor: actorOf(request) });
      }),
  );

  server.post(
    "/api/users/:id/company",
    {
      schema: {
        tags,
        summary: "Move a user to another company, or out of any",
        params: idParameter,
        body: moveUserBody,
        response: { 200: userSchema },
      },
      config: { access: "company:manage", fresh: true },
    },
    (request) =>
      transaction(db, async (tx) => {
        const { id } = await findManagedUser(tx, request.params.id, reachOf(request));
        return moveUserToCompany(tx, id, { ...request.body, actor: actorOf(request) });
      }),
  );
}
