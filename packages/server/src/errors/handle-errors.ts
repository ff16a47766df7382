import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RefusalReporter } from "../refusals/report-refusals.ts";
import { HttpError } from "./http-error.ts";
import { problemOf, toProblem, type Problem } from "./problem.ts";

const problemType = "application/problem+json; charset=utf-8";

interface ErrorHandling {
  readonly refusals: Pick<RefusalReporter, "report">;
  /** Says what an error stands for, where it takes more than the error to tell. */
  readonly explain: (error: unknown) => Promise<unknown>;
}

/** Makes every error, and every address that does not exist, leave as a problem document, and be reported. */
export function handleErrors(app: FastifyInstance, { refusals, explain }: ErrorHandling): void {
  const allowedMethods = collectMethods(app);
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = await explain(thrown);
    const problem = toProblem(error, request.id);
    if (problem.status >= 500) request.log.error({ err: thrown }, "request failed");
    refusals.report(request, problem.code);
    if (error instanceof HttpError && error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(request);
    const code = allowed.length === 0 ? "NOT_FOUND" : "METHOD_NOT_ALLOWED";
    refusals.report(request, code);
    if (code === "METHOD_NOT_ALLOWED") reply.header("allow", allowed.join(", "));
    return sendProblem(reply, problemOf(code, request.id));
  });
}

/** Sends the document as it is: a schema could refuse it, and then there would be nothing left to send. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const document: Problem = problem.code === "NOT_FOUND" ? { ...problem, detail: "Nothing was found here." } : problem;
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type(problemType)
    .serializer((text: string) => text)
    .send(JSON.stringify(document));
}

/** Remembers the routes' addresses, to tell a wrong method from a wrong address. */
function collectMethods(app: FastifyInstance): (request: FastifyRequest) => string[] {
  const methodsByUrl = new Map<string, { readonly segments: readonly string[]; readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const entry = methodsByUrl.get(url) ?? { segments: url.split("/"), methods: new Set() };
    for (const name of [method].flat()) entry.methods.add(name);
    methodsByUrl.set(url, entry);
  });
  return (request) => {
    const [path = ""] = request.url.split("?", 1);
    const segments = path.replace(/(?<=.)\/$/, "").split("/");
    const found = [...methodsByUrl.values()].filter((entry) => matches(entry.segments, segments));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted();
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part.startsWith(":") || part === segments[index]);
}
