import { type HttpErrorCode, problemRegistry } from "./registry.ts";

/** A request is refused for a reason that only HTTP knows. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  /** When trying again may succeed, in seconds from now. */
  readonly retryAfter: number | undefined;

  /** @param options `cause`: for the log, and for nobody who asked */
  constructor(code: HttpErrorCode, { retryAfter, cause }: { retryAfter?: number; cause?: unknown } = {}) {
    super(problemRegistry[code].message, cause === undefined ? {} : { cause });
    this.name = "HttpError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
