import { getMigrationStatus } from "@nerve/database";
import { z } from "zod";
import { HttpError } from "../../errors/index.ts";
import type { RegisterRoutes } from "../server-context.ts";

/** Where the server says that it runs. */
export const liveUrl = "/api/health";

const liveAnswer = z.object({ status: z.literal("ok") });

export const registerHealthRoutes: RegisterRoutes = (server, { db }) => {
  server.get(
    liveUrl,
    {
      schema: { tags: ["health"], summary: "Whether the server runs", response: { 200: liveAnswer } },
      config: { access: "anybody" },
    },
    () => ({ status: "ok" as const }),
  );

  server.get(
    "/api/health/ready",
    {
      schema: {
        tags: ["health"],
        summary: "Whether the database answers and its schema is up to date",
        response: { 200: liveAnswer },
      },
      config: { access: "anybody" },
    },
    async () => {
      const { pending } = await getMigrationStatus(db);
      if (pending.length > 0) throw new HttpError("NOT_READY");
      return { status: "ok" as const };
    },
  );
};
