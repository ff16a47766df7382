import { type HttpErrorCode, problemRegistry } from "./registry.ts";

/** A request is refused for a reason that only HTTP knows. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  /** When trying again may succeed, in seconds from now. */
  readonly retryAfter: number | undefined;

  constructor(code: HttpErrorCode, { retryAfter }: { retryAfter?: number } = {}) {
    super(problemRegistry[code].message);
    this.name = "HttpError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
