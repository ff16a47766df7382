import { type ErrorDefinition, errorRegistry } from "@nerve/database";

/** Errors that only HTTP knows, beside those of the database. */
const httpErrors = {
  WRONG_CREDENTIALS: {
    status: 401,
    message: "The e-mail address or the password is wrong.",
    help: "Try again, or ask for a link to set a new password.",
  },
  WRONG_CODE: {
    status: 401,
    message: "The code is wrong, was used before, or its time has run out.",
    help: "Wait for the next code of your authenticator, or sign in again.",
  },
  TOKEN_INVALID: {
    status: 400,
    message: "The link or token is unknown, was used before, or its time has run out.",
    help: "Ask for a new one.",
  },
  ACCOUNT_LOCKED: {
    status: 403,
    message: "The account is locked after too many failed attempts.",
    help: "Wait until the lock runs out, or ask an administrator to lift it.",
  },
  ACCOUNT_SUSPENDED: {
    status: 403,
    message: "The account is suspended.",
    help: "Ask an administrator.",
  },
  EMAIL_NOT_VERIFIED: {
    status: 403,
    message: "The e-mail address has not been confirmed yet.",
    help: "Open the link in the mail; signing in sends a new one.",
  },
  PASSWORD_CHANGE_NEEDED: {
    status: 403,
    message: "The password has to be changed first.",
    help: "Change it with POST /api/auth/password.",
  },
  SECOND_FACTOR_NEEDED: {
    status: 403,
    message: "A second factor has to be set up first.",
    help: "Set one up with POST /api/auth/two-factor/enrol and /confirm.",
  },
  FIRST_PASSWORD_ENDED: {
    status: 403,
    message: "The password that an administrator chose has ended.",
    help: "Ask for a link to set a new password, or ask an administrator.",
  },
  MAIL_SET_UP: {
    status: 409,
    message: "Mail is set up: links go to people's own mailboxes only.",
    help: "Send it with POST /api/users/{id}/password-reset; on the server's machine, `nerve user reset-password` shows one.",
  },
  CROSS_SITE: {
    status: 403,
    message: "The request comes from another site.",
    help: "Send it from the address that NERVE is reached under; see NERVE_PUBLIC_URL.",
  },
  COOKIES_NEED_HTTPS: {
    status: 403,
    message: "A browser keeps no session under this address: it is plain HTTP, and the cookies are for https.",
    help: "Open NERVE under https; or set NERVE_ALLOW_PLAIN_HTTP=true, which sends passwords and cookies in the clear.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: "This address does not take that method.",
    help: "Use one of the methods in the Allow header.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: "The request took too long to arrive.",
    help: "Send it again.",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: "The body is too large.",
    help: "Send less at once.",
  },
  TOO_MUCH_IN_FLIGHT: {
    status: 429,
    message: "Too much is being sent and fetched at the same time.",
    help: "Wait until answers have been read and bodies taken in, then try again; see the Retry-After header.",
  },
  URI_TOO_LONG: {
    status: 414,
    message: "The address is too long.",
    help: "Check the id.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "The body has to be JSON.",
    help: "Send it with `Content-Type: application/json`.",
  },
  UNSUPPORTED_ENCODING: {
    status: 415,
    message: "The body is packed in a way that is not taken.",
    help: "Send it as it is, or packed with gzip and `Content-Encoding: gzip`.",
  },
  RATE_LIMITED: {
    status: 429,
    message: "Too many requests.",
    help: "Wait for as many seconds as the Retry-After header says.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    message: "The headers are too large.",
    help: "Send fewer cookies and headers.",
  },
  OPERATION_RUNNING: {
    status: 409,
    message: "Another operation on the whole database is running.",
    help: "Try again when it is done.",
  },
  INTERNAL: {
    status: 500,
    message: "Something went wrong on the server.",
    help: "Look for the request id in the server's log.",
  },
  NOT_READY: {
    status: 503,
    message: "The server is not ready.",
    help: "Try again in a moment.",
  },
  RESTORING: {
    status: 503,
    message: "The database is being restored from a backup.",
    help: "Try again after as many seconds as the Retry-After header says.",
  },
} as const satisfies Record<string, ErrorDefinition>;

/** Every error that leaves the server, by its stable code. */
export const problemRegistry = { ...errorRegistry, ...httpErrors } as const;

export type ProblemCode = keyof typeof problemRegistry;
export type HttpErrorCode = keyof typeof httpErrors;
