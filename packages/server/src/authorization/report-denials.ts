import { type Database, logSecurityEvent } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { originOf } from "../authentication/request-origin.ts";

/** Most events of one user, and of all together, in a minute: an attacker must not fill the table. */
const limits = { perUser: 10, together: 200 };
const minute = 60_000;

/** Records refused requests. */
export interface DenialReporter {
  readonly report: (request: FastifyRequest) => Promise<void>;
}

/** Makes what records refused requests as security events `permission_denied`, at most so many a minute. */
export function createDenialReporter(db: Database): DenialReporter {
  let windowStart = 0;
  let together = 0;
  const byUser = new Map<number, number>();

  function isWithinLimits(userId: number): boolean {
    const now = db.clock.now().getTime();
    if (Math.abs(now - windowStart) >= minute) {
      windowStart = now;
      together = 0;
      byUser.clear();
    }
    const own = (byUser.get(userId) ?? 0) + 1;
    if (own > limits.perUser || together >= limits.together) return false;
    byUser.set(userId, own);
    together += 1;
    return true;
  }

  return {
    async report(request) {
      const { principal } = request;
      if (principal === null || !isWithinLimits(principal.user.id)) return;
      const { url = "", config } = request.routeOptions;
      try {
        await logSecurityEvent(db, {
          eventType: "permission_denied",
          severity: "medium",
          userId: principal.user.id,
          email: principal.user.email,
          description: `Refused: ${request.method} ${url}`,
          metadata: { permission: config.access ?? null, by: principal.kind, requestId: request.id },
          ...originOf(request),
        });
      } catch (error) {
        request.log.error({ err: error }, "a refused request could not be recorded");
      }
    },
  };
}
