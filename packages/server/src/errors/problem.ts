import { STATUS_CODES } from "node:http";
import { DatabaseError, type InputIssue, ValidationError } from "@nerve/database";
import { HttpError } from "./http-error.ts";
import { type ProblemCode, problemRegistry } from "./registry.ts";

/** An error as it leaves the server. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  /** Names the kind of problem; the same for every one with the same code. */
  readonly type: string;
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  /** What happened, in one sentence. */
  readonly detail: string;
  /** What to do next. */
  readonly help: string;
  /** Where to look in the server's log. */
  readonly requestId: string;
  /** The faults of the input, each with its field. */
  readonly issues?: readonly InputIssue[];
}

/** Codes of Fastify and Node for requests that never reach a route. */
const transportErrors: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "PAYLOAD_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_CTP_EMPTY_JSON_BODY: "INVALID_INPUT",
  FST_ERR_CTP_INVALID_JSON_BODY: "INVALID_INPUT",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "INVALID_INPUT",
  FST_ERR_BAD_URL: "INVALID_INPUT",
  FST_ERR_MAX_PARAM_LENGTH: "URI_TOO_LONG",
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

/** Errors of plugins by their status: a file that must not be served is not there. */
const pluginErrors: Readonly<Record<number, ProblemCode>> = {
  400: "INVALID_INPUT",
  403: "NOT_FOUND",
  404: "NOT_FOUND",
};

/** Writes the problem of a code. */
export function problemOf(code: ProblemCode, requestId: string): Problem {
  const { status, message, help } = problemRegistry[code];
  return {
    type: `urn:nerve:problem:${code.toLowerCase().replaceAll("_", "-")}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail: message,
    help,
    requestId,
  };
}

/**
 * Turns whatever was thrown into what the client may know. A fault of the server's own is told in the registry's fixed
 * sentence, whatever the error says.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof ValidationError) {
    return { ...problemOf(error.code, requestId), issues: error.issues };
  }
  if (error instanceof HttpError || error instanceof DatabaseError) {
    const problem = problemOf(error.code, requestId);
    if (problem.status >= 500) return problem;
    const help = error instanceof DatabaseError ? error.help : problem.help;
    return { ...problem, detail: error.message, help };
  }
  return problemOf(transportErrors[codeOf(error)] ?? pluginErrors[statusOf(error)] ?? "INTERNAL", requestId);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function statusOf(error: unknown): number {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : 500;
}
