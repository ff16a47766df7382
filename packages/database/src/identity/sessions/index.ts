export { cleanupExpiredSessions } from "./clean-up-sessions.ts";
export { createSession, type SessionRequest } from "./create-session.ts";
export { listUserSessions, type SessionSummary } from "./list-sessions.ts";
export { refreshSession, type RefreshOptions } from "./refresh-session.ts";
export { revokeAllUserSessions, revokeSession, type SessionChoice } from "./revoke-sessions.ts";
export { endOtherSessions, endSession, type ListedSession, listSessions } from "./session-operations.ts";
export { sessionLimits } from "./session-limits.ts";
export type { NewSession } from "./session-tokens.ts";
export { validateSession, type ValidSession } from "./validate-session.ts";
