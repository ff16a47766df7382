import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { type Reaching, reachOf, within } from "../../access/within.ts";
import { digestToken } from "../../cryptography/index.ts";
import { shapedStatement } from "../../database/statement.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { logSecurityEvent } from "../../security/index.ts";
import { recordId } from "../../validation/input.ts";
import { mayAssignRole, rankOf } from "../account/roles.ts";
import { requireReachedCompany } from "../companies/reached-company.ts";
import { isNotEnded } from "./live-session.ts";

interface Ended extends Reaching {
  now: Date;
  companyId?: number | undefined;
  exceptDigest?: string | undefined;
  /** Whether super administrators stay signed in. */
  spared?: true | undefined;
}

const endAll = shapedStatement((sql, p: Ended) => {
  const live = sql
    .updateTable("sessions")
    .set({ is_active: false, revoked_at: p.now })
    .where(isNotEnded())
    .where("user_id", "in", (users) => {
      const reached = users.selectFrom("users").select("users.id").where(within("users", p));
      const named = p.companyId === undefined ? reached : reached.where("users.company_id", "=", p.companyId);
      return p.spared === undefined ? named : named.where("users.role", "<>", "super_admin");
    });
  return p.exceptDigest === undefined ? live : live.where("token", "!=", p.exceptDigest);
});

/** Whether the caller manages no super administrators, whose sessions then go on. */
function spares(caller: Caller): true | undefined {
  return mayAssignRole(rankOf(caller), "super_admin") ? undefined : true;
}

/**
 * Ends the sessions of everybody within the caller's reach, or in one company: after a break-in, everybody signs in anew. The
 * session of `exceptToken` goes on, and so do those of roles above the caller's own. API keys are not touched.
 *
 * @returns how many were ended
 * @throws {PermissionError} PERMISSION_DENIED for an API key
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND for a company out of reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 7.4.5
 * @example
 * const { ended } = await endAllSessions(db);
 */
export const endAllSessions = changing({
  summary: "End everybody's sessions, or those of a company; one's own goes on",
  permission: "session:end-all",
  fresh: true,
  input: {
    companyId: recordId().optional().meta({ description: "The company whose users are meant; else all within reach." }),
    exceptToken: z.string().optional(),
  },
  output: z.object({ ended: z.int() }),
  async run(tx, { companyId, exceptToken }, caller) {
    if (companyId !== undefined) requireReachedCompany(companyId, caller);
    const { actor, scope } = caller;
    const exceptDigest = exceptToken === undefined ? undefined : digestToken(exceptToken);
    const choice = { companyId, exceptDigest, spared: spares(caller), ...reachOf(caller) };
    const ended = await endAll.run(tx, { ...choice, now: tx.clock.now() });
    const whose = companyId ?? (scope.kind === "company" ? scope.companyId : undefined);
    const description =
      whose === undefined ? "Everybody's sessions were ended." : "All sessions of a company were ended.";
    await logSecurityEvent(tx, {
      eventType: "all_sessions_ended",
      severity: "high",
      description,
      userId: actor.userId ?? undefined,
      ipAddress: actor.ipAddress,
      userAgent: actor.userAgent,
      metadata: { ended, companyId: whose ?? null },
    });
    await logAudit(tx, {
      action: "all_sessions_ended",
      resourceType: "companies",
      resourceId: whose,
      description,
      metadata: { ended },
      ...(whose === undefined ? { ownerId: null } : { companyId: whose }),
      actor,
    });
    return unchanged({ ended });
  },
});
