import { getMigrationStatus, getPerformanceStats, getSlowQueries, optimizeDatabase } from "@nerve/database";
import { z } from "zod";
import { integerInQuery } from "../../openapi/fields.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import { registerBackupRoutes } from "./backups.ts";
import { createTurn } from "./one-at-a-time.ts";
import { migrationsSchema, optimizeBody, optimizedSchema, performanceSchema } from "./schemas.ts";

const tags = ["operations"];

export const registerOperationRoutes: RegisterRoutes = (server, context) => {
  const inTurn = createTurn();
  registerBackupRoutes(server, context, inTurn);
  registerReadRoutes(server, context);

  server.post(
    "/api/operations/optimize",
    {
      schema: {
        tags,
        summary: "Give the room of deleted rows back, and bring the planner's figures up to date",
        body: optimizeBody,
        response: { 200: optimizedSchema },
      },
      config: { access: "operations:write" },
    },
    ({ body }) =>
      inTurn(async () => {
        const { steps, ...sizes } = await optimizeDatabase(context.db, body);
        return { steps: [...steps], ...sizes };
      }),
  );
};

function registerReadRoutes(server: Server, { db }: ServerContext): void {
  server.get(
    "/api/operations/performance",
    {
      schema: {
        tags,
        summary: "Tell how long queries took, the slowest with their plans",
        querystring: z.strictObject({ thresholdMs: integerInQuery({ min: 0, max: 3_600_000 }) }),
        response: { 200: performanceSchema },
      },
      config: { access: "operations:read" },
    },
    async ({ query }) => {
      const slowest = await getSlowQueries(db, { ...query, limit: 20 });
      return { ...getPerformanceStats(db), slowest };
    },
  );

  server.get(
    "/api/operations/migrations",
    {
      schema: { tags, summary: "Tell which migrations are applied", response: { 200: migrationsSchema } },
      config: { access: "operations:read" },
    },
    () => getMigrationStatus(db),
  );
}
