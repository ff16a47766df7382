import {
  acknowledgeSecurityEvent,
  forLaggingReads,
  getLoginAttempts,
  getSecurityEvents,
  input,
  type LoginAttempt,
  type SecurityEvent,
  severities,
} from "@nerve/database";
import { z } from "zod";
import { actorOf, scopeOf } from "../../authentication/principal.ts";
import { companyFilter, listFilter } from "../../authorization/scope.ts";
import {
  booleanInQuery,
  idInQuery,
  idParameter,
  integerInQuery,
  jsonFilterInQuery,
  pageFields,
  pageOf,
} from "../../openapi/fields.ts";
import { rowSchema } from "../../openapi/row-schemas.ts";
import type { RegisterRoutes } from "../server-context.ts";

const tags = ["security"];
const eventSchema = rowSchema<SecurityEvent>("security_events").meta({
  id: "SecurityEvent",
  description: "Something that matters to security.",
});
const attemptSchema = rowSchema<LoginAttempt>("login_attempts").meta({
  id: "LoginAttempt",
  description: "An attempt to sign in.",
});

const timeFields = {
  since: input.isoDate().optional(),
  until: input.isoDate().optional(),
  hours: integerInQuery({ min: 1, max: 87_600 }),
};

const eventsQuery = z.strictObject({
  userId: idInQuery(),
  eventType: input.text({ min: 1, max: 50 }).optional(),
  severity: z.enum(severities).optional(),
  acknowledged: booleanInQuery(),
  metadata: jsonFilterInQuery(),
  ...timeFields,
  ...pageFields,
});

const attemptsQuery = z.strictObject({
  userId: idInQuery(),
  email: input.text({ min: 1, max: 255 }).optional(),
  ipAddress: input.ipAddress().optional(),
  success: booleanInQuery(),
  ...timeFields,
  ...pageFields,
});

export const registerSecurityRoutes: RegisterRoutes = (server, { db }) => {
  const lagging = forLaggingReads(db);

  server.get(
    "/api/security/events",
    {
      schema: {
        tags,
        summary: "List security events, of the last 24 hours unless told",
        querystring: eventsQuery,
        response: { 200: pageOf(eventSchema) },
      },
      config: { access: "security:read" },
    },
    (request) => getSecurityEvents(lagging, { ...request.query, ...listFilter(scopeOf(request)) }),
  );

  server.post(
    "/api/security/events/:id/acknowledge",
    {
      schema: { tags, summary: "Acknowledge a security event", params: idParameter, response: { 200: eventSchema } },
      config: { access: "security:write" },
    },
    (request) =>
      acknowledgeSecurityEvent(db, request.params.id, { actor: actorOf(request), ...companyFilter(scopeOf(request)) }),
  );

  server.get(
    "/api/security/login-attempts",
    {
      schema: {
        tags,
        summary: "List attempts to sign in, of the last 24 hours unless told",
        querystring: attemptsQuery,
        response: { 200: pageOf(attemptSchema) },
      },
      config: { access: "security:read" },
    },
    (request) => getLoginAttempts(lagging, { ...request.query, ...listFilter(scopeOf(request)) }),
  );
};
