export type { Actor } from "../access/actor.ts";
export { type AuditLog, getAuditLogs } from "./get-audit-logs.ts";
export { type AuditEntry, logAudit } from "../operation/log-audit.ts";
