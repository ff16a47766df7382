import { type AnyOperation, forLaggingReads, type Operation, withDocumentsAsText } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../authentication/caller-of.ts";
import { asJson, asText } from "../openapi/forms.ts";
import { answersOf, isEmpty, tagOf } from "./handle.ts";
import type { Server, ServerContext } from "./server-context.ts";

/** What a route adds to its operation. */
export interface Binding<Output> {
  /** Status of a success, 200 unless told; with 204 the answer is empty. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Fields that clients do not send, by name. */
  readonly given?: Readonly<Record<string, (request: FastifyRequest) => unknown>>;
  /** What has to hold of the installation; throws where it does not. */
  readonly first?: () => void;
  /** What the client is told, where it is not what the operation answers. */
  readonly shows?: { readonly schema: z.ZodType; readonly of: (answer: Output) => unknown };
  /** What follows once it is done, such as a mail. */
  readonly afterwards?: (answer: Output, request: FastifyRequest) => void | Promise<void>;
  /** Most bytes of the body. */
  readonly bodyLimit?: number;
}

/**
 * Serves an operation: `serve(server, context, "POST /api/security/events/:id/acknowledge", acknowledgeSecurityEvent)`. Fields
 * that the address names come from there, the others from the query or, where there is one, the body. Who may call it, and
 * whether a fresh sign-in is needed, the operation says.
 */
export function serve<Input, Output>(
  server: Server,
  { db }: ServerContext,
  route: string,
  operation: Operation<Input, Output>,
  binding: Binding<Output> = {},
): void {
  const [method = "", url = ""] = route.split(" ");
  const { status = 200, given = {}, first, shows, afterwards, bodyLimit } = binding;
  const { permission, fresh, mayLag } = operation.description;
  const call = operation as AnyOperation as (...given: Parameters<AnyOperation>) => Promise<Output>;
  // Large documents go out as the text that they are stored as.
  const handle = withDocumentsAsText(mayLag ? forLaggingReads(db) : db);
  server.route({
    method,
    url,
    schema: schemasOf(route, operation, binding as Binding<unknown>),
    config: { access: permission, fresh, operation },
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    async handler(request, reply) {
      first?.();
      const sent = { ...(request.params as object), ...(request.query as object), ...(request.body as object) };
      const chosen = Object.entries(given).map(([name, value]) => [name, value(request)]);
      const answer = await call(handle, { ...sent, ...Object.fromEntries(chosen) } as never, callerOf(request));
      await afterwards?.(answer, request);
      const shown = shows === undefined ? answer : shows.of(answer);
      return reply.code(status).send((isEmpty(status) ? undefined : shown) as never);
    },
  });
}

function schemasOf(route: string, { description }: AnyOperation, binding: Binding<unknown>) {
  const { status = 200, given = {}, shows } = binding;
  const [method = "", url = ""] = route.split(" ");
  const fields = description.fields as Readonly<Record<string, z.ZodType>>;
  const named = new Set(Array.from(url.matchAll(/:(\w+)/g), ([, name]) => name));
  const names = Object.keys(fields).filter((name) => given[name] === undefined);
  const pick = (wanted: readonly string[], form: (field: z.ZodType) => z.ZodType) =>
    z.strictObject(Object.fromEntries(wanted.map((name) => [name, form(fields[name] as z.ZodType)])));
  const inPath = names.filter((name) => named.has(name));
  const rest = names.filter((name) => !named.has(name));
  const hasBody = method !== "GET" && method !== "DELETE";
  return {
    tags: [tagOf(url)],
    summary: description.summary,
    ...(inPath.length > 0 && { params: pick(inPath, asText) }),
    ...(rest.length > 0 && (hasBody ? { body: bodyOf(pick(rest, asJson)) } : { querystring: pick(rest, asText) })),
    response: answersOf(status, shows?.schema ?? (description.output as z.ZodType)),
  };
}

/** A body of which nothing is required may be left out. */
function bodyOf(schema: z.ZodObject): z.ZodType {
  return schema.safeParse({}).success ? schema.optional() : schema;
}
