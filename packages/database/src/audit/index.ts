export type { Actor } from "./actor.ts";
export { type AuditEntry, logAudit } from "./log-audit.ts";
