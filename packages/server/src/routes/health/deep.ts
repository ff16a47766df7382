import { runHealthCheck } from "@nerve/database";
import { z } from "zod";
import { scopeOf } from "../../authentication/principal.ts";
import { handle } from "../handle.ts";
import { shareRuns } from "../operations/one-at-a-time.ts";
import type { RegisterRoutes } from "../server-context.ts";

const deepAnswer = z
  .object({
    healthy: z.boolean(),
    timestamp: z.date(),
    connection: z.object({ healthy: z.boolean(), latencyMs: z.number() }),
    tables: z.object({
      healthy: z.boolean(),
      tablesChecked: z.int(),
      errors: z.array(z.object({ kind: z.string(), table: z.string().optional(), message: z.string() })),
    }),
    foreignKeys: z.object({ healthy: z.boolean(), total: z.int() }),
    alerts: z.array(z.object({ level: z.enum(["warning", "critical"]), code: z.string(), message: z.string() })),
    stats: z
      .object({
        sizeBytes: z.int(),
        sizeMb: z.number(),
        tableCounts: z.record(z.string(), z.int()),
        totalRecords: z.int(),
      })
      .nullable()
      .meta({ description: "Null for an admin of a company: the figures are of all companies." }),
  })
  .meta({ id: "HealthReport", description: "The state of the database, with a verdict." });

export const registerDeepHealth: RegisterRoutes = (server, { db, settings }) => {
  // It reads the whole database: however many ask at once, one check runs.
  const check = shareRuns(() => runHealthCheck(db, { verifiesBackups: settings.backupVerifyDaily }));

  handle(server, "GET /api/health/deep", {
    summary: "Check the connection, every table, every reference and the disk; takes as long as reading them",
    access: "health:read",
    answer: deepAnswer,
    async run(request) {
      const report = await check();
      return scopeOf(request).kind === "all" ? report : { ...report, stats: null };
    },
  });
};
