import type { SecurityEventType, Severity } from "@nerve/database";
import type { ProblemCode } from "../errors/index.ts";

/** The security events that refusals make, with how much a few and many of one subject matter. */
export const refusalKinds = {
  permission_denied: { few: "medium", many: "medium" },
  credential_refused: { few: "low", many: "medium" },
  key_address_refused: { few: "medium", many: "high" },
  unknown_requested: { few: "info", many: "medium" },
  cross_site_refused: { few: "medium", many: "high" },
  limit_reached: { few: "low", many: "medium" },
  input_refused: { few: "info", many: "low" },
} as const satisfies Partial<Record<SecurityEventType, { few: Severity; many: Severity }>>;

export type RefusalKind = keyof typeof refusalKinds;

/** From how many refusals on they are many: no person comes so far by mistake in an hour. */
export const manyFrom = 10;

/** What each refusal is. Null: it is recorded for itself, as attempts to sign in are, or nobody tried anything. */
export const kindOfProblem = {
  PERMISSION_DENIED: "permission_denied",
  FRESH_SIGN_IN_NEEDED: "permission_denied",
  PASSWORD_CHANGE_NEEDED: "permission_denied",
  SECOND_FACTOR_NEEDED: "permission_denied",
  UNAUTHENTICATED: "credential_refused",
  TOKEN_INVALID: "credential_refused",
  WRONG_CODE: "credential_refused",
  NOT_FOUND: "unknown_requested",
  METHOD_NOT_ALLOWED: "unknown_requested",
  CROSS_SITE: "cross_site_refused",
  RATE_LIMITED: "limit_reached",
  TOO_MUCH_IN_FLIGHT: "limit_reached",
  PAYLOAD_TOO_LARGE: "limit_reached",
  URI_TOO_LONG: "limit_reached",
  HEADERS_TOO_LARGE: "limit_reached",
  REQUEST_TIMEOUT: "limit_reached",
  SEATS_EXHAUSTED: "limit_reached",
  QUOTA_EXCEEDED: "limit_reached",
  REPORT_TOO_LARGE: "limit_reached",
  INVALID_INPUT: "input_refused",
  UNSUPPORTED_MEDIA_TYPE: "input_refused",
  UNSUPPORTED_ENCODING: "input_refused",
  CONSTRAINT_VIOLATION: "input_refused",
  CONFLICT: "input_refused",
  REFERENCE_VIOLATION: "input_refused",
  COMPANY_NEEDED: "input_refused",
  LAST_ADMINISTRATOR: "input_refused",
  ALREADY_SET_UP: "input_refused",
  FORMAT_UNKNOWN: "input_refused",
  REPORT_MALFORMED: "input_refused",
  REPORT_UNSAFE: "input_refused",
  REPORT_OUT_OF_DATE: "input_refused",
  UNDO_BLOCKED: "input_refused",
  TRANSITION_REFUSED: "input_refused",
  WRONG_CREDENTIALS: null,
  ACCOUNT_LOCKED: null,
  ACCOUNT_SUSPENDED: null,
  FIRST_PASSWORD_ENDED: null,
  EMAIL_NOT_VERIFIED: null,
  USER_SUSPENDED: null,
  COOKIES_NEED_HTTPS: null,
  MAIL_SET_UP: null,
  OPERATION_RUNNING: null,
  IMPORT_RUNNING: null,
  SERIALIZATION_FAILED: null,
  NOT_REVERSIBLE: null,
  BACKUP_INVALID: null,
} as const satisfies Partial<Record<ProblemCode, RefusalKind | null>>;
