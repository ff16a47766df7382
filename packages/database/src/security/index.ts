export { type SecurityEventType, securityEventTypes, severities, type Severity } from "./event-types.ts";
export { logSecurityEvent, type SecurityEventEntry } from "./log-security-event.ts";
