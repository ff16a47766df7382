import { getMigrationStatus, getPerformanceStats, getSlowQueries, optimizeDatabase } from "@nerve/database";
import { integerInQuery } from "../../openapi/fields.ts";
import { handle } from "../handle.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { registerBackupRoutes } from "./backups.ts";
import { createTurn } from "./one-at-a-time.ts";
import { migrationsSchema, optimizeFields, optimizedSchema, performanceSchema } from "./schemas.ts";

export const registerOperationRoutes: RegisterRoutes = (server, context) => {
  const { db } = context;
  const inTurn = createTurn();
  registerBackupRoutes(server, context, inTurn);

  handle(server, "GET /api/operations/performance", {
    summary: "Tell how long queries took, the slowest with their plans",
    access: "operations:read",
    query: { thresholdMs: integerInQuery({ min: 0, max: 3_600_000 }) },
    answer: performanceSchema,
    async run({ query }) {
      const slowest = await getSlowQueries(db, { ...query, limit: 20 });
      return { ...getPerformanceStats(db), slowest };
    },
  });

  handle(server, "GET /api/operations/migrations", {
    summary: "Tell which migrations are applied",
    access: "operations:read",
    answer: migrationsSchema,
    run: () => getMigrationStatus(db),
  });

  handle(server, "POST /api/operations/optimize", {
    summary: "Give the room of deleted rows back, and bring the planner's figures up to date",
    access: "operations:write",
    body: optimizeFields,
    answer: optimizedSchema,
    run: ({ body }) => inTurn(() => optimizeDatabase(db, body)),
  });
};
