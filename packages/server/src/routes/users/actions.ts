import {
  reinstateUser,
  requestPasswordReset,
  restoreUser,
  suspendUser,
  transaction,
  unlockUserAccount,
} from "@nerve/database";
import { actorOf } from "../../authentication/principal.ts";
import { originOf } from "../../authentication/request-origin.ts";
import { passwordResetMail } from "../../mail/index.ts";
import { idParameter, nothing } from "../../openapi/fields.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { userSchema } from "./schemas.ts";
import { findManagedUser, reachOf } from "./visible-users.ts";

const tags = ["users"];

/** Actions that take nothing but the user. */
const actions = {
  suspend: { summary: "Suspend a user: sessions end, API keys are revoked", act: suspendUser },
  reinstate: { summary: "Reinstate a suspended user", act: reinstateUser },
  unlock: { summary: "Lift the lock after failed sign-ins before its time", act: unlockUserAccount },
} as const;

export const registerUserActionRoutes: RegisterRoutes = (server, { db, mailer, publicUrl }) => {
  for (const [name, { summary, act }] of Object.entries(actions)) {
    server.post(
      `/api/users/:id/${name}`,
      {
        schema: { tags, summary, params: idParameter, response: { 200: userSchema } },
        config: { access: "user:write" },
      },
      (request) =>
        transaction(db, async (tx) => {
          const reach = reachOf(request);
          const { id } = await findManagedUser(tx, request.params.id, reach);
          await act(tx, id, { actor: actorOf(request) });
          return findManagedUser(tx, id, reach);
        }),
    );
  }

  server.post(
    "/api/users/:id/restore",
    {
      schema: { tags, summary: "Restore a deleted user", params: idParameter, response: { 200: userSchema } },
      config: { access: "user:write" },
    },
    (request) =>
      transaction(db, async (tx) => {
        await restoreUser(tx, request.params.id, { actor: actorOf(request) });
        // Only a restored user can be found; out of reach, this throws and takes the restoring back.
        return findManagedUser(tx, request.params.id, reachOf(request));
      }),
  );

  server.post(
    "/api/users/:id/password-reset",
    {
      schema: {
        tags,
        summary: "Mail a user a link to set a new password",
        params: idParameter,
        response: { 202: nothing },
      },
      config: { access: "user:write" },
    },
    async (request, reply) => {
      const { email } = await findManagedUser(db, request.params.id, reachOf(request));
      const reset = await requestPasswordReset(db, { email, ...originOf(request) });
      if (reset !== null) mailer.send(passwordResetMail({ to: email, publicUrl: publicUrl(), ...reset }));
      return reply.code(202).send();
    },
  );
};
