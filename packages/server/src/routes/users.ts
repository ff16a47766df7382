import {
  addUser,
  changeUserEmail,
  changeUserRole,
  deleteUser,
  getUserUsage,
  getUserNames,
  listUsers,
  makePasswordLink,
  moveUserToCompany,
  preparePasswordReset,
  reinstateUser,
  requireUser,
  resetUserTwoFactor,
  restoreUser,
  suspendUser,
  unlockUser,
  updateUser,
  type User,
} from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { callerOf } from "../authentication/caller-of.ts";
import { originOf } from "../authentication/request-origin.ts";
import { HttpError } from "../errors/index.ts";
import { mailNewAddress, mailVerification } from "./auth/email.ts";
import { mailReset, shownPasswordLink } from "./auth/password.ts";
import { serve } from "./serve.ts";
import type { RegisterRoutes, ServerContext } from "./server-context.ts";

export const registerUserRoutes: RegisterRoutes = (server, context) => {
  const { mailer } = context;
  serve(server, context, "GET /api/users", listUsers);
  serve(server, context, "GET /api/users/names", getUserNames);
  serve(server, context, "GET /api/users/:id", requireUser);
  serve(server, context, "GET /api/users/:id/usage", getUserUsage);
  serve(server, context, "PATCH /api/users/:id", updateUser);
  serve(server, context, "DELETE /api/users/:id", deleteUser, { status: 204 });
  serve(server, context, "POST /api/users", addUser, {
    status: 201,
    afterwards: (user, request) => mailFirstLink(user, request, context),
  });
  serve(server, context, "POST /api/users/:id/email", changeUserEmail, {
    afterwards: (user) => mailNewAddress(user, context),
  });
  serve(server, context, "POST /api/users/:id/role", changeUserRole);
  serve(server, context, "POST /api/users/:id/company", moveUserToCompany);
  serve(server, context, "POST /api/users/:id/suspend", suspendUser);
  serve(server, context, "POST /api/users/:id/reinstate", reinstateUser);
  serve(server, context, "POST /api/users/:id/unlock", unlockUser);
  serve(server, context, "POST /api/users/:id/restore", restoreUser);
  serve(server, context, "POST /api/users/:id/password-reset", preparePasswordReset, {
    status: 202,
    given: { ipAddress: (request) => originOf(request).ipAddress },
    afterwards: (link, request) => mailReset({ link, userId: (request.params as { id: number }).id }, context),
  });
  serve(server, context, "POST /api/users/:id/password-link", makePasswordLink, {
    status: 201,
    first: () => {
      if (mailer.isSetUp) throw new HttpError("MAIL_SET_UP");
    },
    shows: shownPasswordLink(context),
  });
  serve(server, context, "POST /api/users/:id/two-factor-reset", resetUserTwoFactor);
};

/** Who was given a password confirms the address; who was given none sets one by the mailed link. */
async function mailFirstLink(user: User, request: FastifyRequest, context: ServerContext): Promise<void> {
  if (user.mustChangePassword) return mailVerification(user, context);
  const { ipAddress } = originOf(request);
  const link = await preparePasswordReset(context.db, { id: user.id, ipAddress }, callerOf(request));
  await mailReset({ link, userId: user.id }, context);
}
