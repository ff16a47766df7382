import { createFirstAdministrator, input } from "@nerve/database";
import { z } from "zod";
import { originOf } from "../../authentication/request-origin.ts";
import { HttpError } from "../../errors/index.ts";
import { passwordField, tokenField } from "../auth/fields.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { userSchema } from "../../openapi/user-schema.ts";

const setUpBody = z.strictObject({
  token: tokenField,
  email: input.email(),
  password: passwordField,
  fullName: input.text({ min: 1, max: 255 }).optional(),
});

export const registerSetUpRoutes: RegisterRoutes = (server, { db, setUpLink }) => {
  server.post(
    "/api/setup",
    {
      schema: {
        tags: ["set-up"],
        summary: "Create the first administrator",
        body: setUpBody,
        response: { 201: userSchema },
      },
      config: { access: "anybody", guesses: "address" },
    },
    async (request, reply) => {
      const { token, ...account } = request.body;
      if (setUpLink?.accepts(token) !== true) throw new HttpError("TOKEN_INVALID");
      const user = await createFirstAdministrator(db, { ...account, origin: originOf(request) });
      return reply.code(201).send(user);
    },
  );
};
