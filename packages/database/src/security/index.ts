export {
  type AccountLock,
  checkAccountLock,
  lockUserAccount,
  type LockOptions,
  unlockUserAccount,
} from "./account-lock.ts";
export { acknowledgeSecurityEvent } from "./acknowledge-security-event.ts";
export {
  type CleanedUpSecurityLog,
  cleanupSecurityLog,
  type CleanUpSecurityLogOptions,
} from "./clean-up-security-log.ts";
export { amendSecurityEvent, type SecurityEventAmendment } from "./amend-security-event.ts";
export { continueSecurityEvent, type LoggedSecurityEvent } from "./continue-security-event.ts";
export { type BruteForceOptions, type BruteForceVerdict, detectBruteForce } from "./detect-brute-force.ts";
export { type SecurityEventType, securityEventTypes, severities, type Severity } from "./event-types.ts";
export { incrementFailedLoginCount, resetFailedLoginCount } from "./failed-login-count.ts";
export { getFailedLoginsByIp, getLoginAttempts, type LoginAttempt } from "./get-login-attempts.ts";
export { getSecurityEvents, type SecurityEvent } from "./get-security-events.ts";
export { logLoginAttempt, type LoginAttemptEntry } from "./log-login-attempt.ts";
export { logSecurityEvent, type SecurityEventEntry } from "./log-security-event.ts";
export { cleanupRateLimits, countHits, type HitCount, type HitsToCount } from "./rate-limits.ts";
