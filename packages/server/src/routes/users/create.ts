import { createUser, generateSecureToken, NotFoundError, requestPasswordReset } from "@nerve/database";
import { actorOf, principalOf, scopeOf } from "../../authentication/principal.ts";
import { originOf } from "../../authentication/request-origin.ts";
import type { Scope } from "../../authorization/scope.ts";
import { passwordResetMail } from "../../mail/index.ts";
import { mailVerification } from "../auth/email.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { createUserBody, userSchema } from "./schemas.ts";
import { requireRank } from "./visible-users.ts";

export const registerCreateUserRoute: RegisterRoutes = (server, context) => {
  const { db, mailer, publicUrl } = context;

  server.post(
    "/api/users",
    {
      schema: { tags: ["users"], summary: "Create a user", body: createUserBody, response: { 201: userSchema } },
      config: { access: "user:write" },
    },
    async (request, reply) => {
      const { password, companyId, ...account } = request.body;
      requireRank(principalOf(request).user, account.role);
      const user = await createUser(db, {
        ...account,
        companyId: placeIn(scopeOf(request), companyId),
        // Nobody has seen this one: the mailed link replaces it.
        password: password ?? generateSecureToken(),
        mustChangePassword: password !== undefined,
        actor: actorOf(request),
      });
      if (password === undefined) {
        const reset = await requestPasswordReset(db, { email: user.email, ...originOf(request) });
        if (reset !== null) mailer.send(passwordResetMail({ to: user.email, publicUrl: publicUrl(), ...reset }));
      } else {
        await mailVerification(user, context);
      }
      return reply.code(201).send(user);
    },
  );
};

/** The company that the new user belongs to: the actor's own, unless the actor reaches all. */
function placeIn(scope: Scope, wanted: number | null | undefined): number | null {
  if (scope.kind !== "company") return wanted ?? null;
  if (wanted !== undefined && wanted !== scope.companyId) throw new NotFoundError();
  return scope.companyId;
}
