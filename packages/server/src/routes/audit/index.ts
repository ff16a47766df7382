import { type AuditLog, forLaggingReads, getAuditLogs, input } from "@nerve/database";
import { z } from "zod";
import { scopeOf } from "../../authentication/principal.ts";
import { listFilter } from "../../authorization/scope.ts";
import { idInQuery, integerInQuery, jsonFilterInQuery, pageFields, pageOf } from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";
import type { RegisterRoutes } from "../server-context.ts";

const auditSchema = rowSchema<AuditLog>("audit_logs").meta({ id: "AuditLog", description: "Who changed what." });

const auditQuery = z.strictObject({
  userId: idInQuery(),
  action: input.text({ min: 1, max: 100 }).optional(),
  resourceType: input.text({ min: 1, max: 50 }).optional(),
  resourceId: integerInQuery({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  metadata: jsonFilterInQuery(),
  since: input.isoDate().optional(),
  until: input.isoDate().optional(),
  ...pageFields,
});

export const registerAuditRoutes: RegisterRoutes = (server, { db }) => {
  const lagging = forLaggingReads(db);

  server.get(
    "/api/audit",
    {
      schema: {
        tags: ["audit"],
        summary: "List the audit log",
        querystring: auditQuery,
        response: { 200: pageOf(auditSchema) },
      },
      config: { access: "audit:read" },
    },
    (request) => getAuditLogs(lagging, { ...request.query, ...listFilter(scopeOf(request)) }),
  );
};
