import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Access } from "../authorization/authorize.ts";
import type { Guess } from "../limits/create-limits.ts";
import { nothing } from "../openapi/fields.ts";
import type { Server } from "./server-context.ts";

type Handled<Body extends z.ZodRawShape, Query extends z.ZodRawShape> = FastifyRequest & {
  readonly body: z.output<z.ZodObject<Body>>;
  readonly query: z.output<z.ZodObject<Query>>;
};

/** A value that is only read. */
type Shown<Value> = Value extends Date
  ? Value
  : Value extends readonly (infer Entry)[]
    ? readonly Shown<Entry>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Shown<Value[Name]> }
      : Value;

/** What a route says of itself where no operation does, and what it does. */
export interface HandledRoute<Body extends z.ZodRawShape, Query extends z.ZodRawShape, Answer extends z.ZodType> {
  readonly summary: string;
  /** Who may call it. */
  readonly access: Access;
  readonly fresh?: boolean;
  /** What can be guessed with it. */
  readonly guesses?: Guess;
  /** Fields of the body; without any it has none. */
  readonly body?: Body;
  readonly query?: Query;
  /** What it answers. */
  readonly answer?: Answer;
  /** Status of a success, 200 unless told; with 202 and 204 the answer is empty. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly run: (request: Handled<Body, Query>, reply: FastifyReply) => Answered<Answer> | Promise<Answered<Answer>>;
}

type Answered<Answer extends z.ZodType> = Shown<z.output<Answer>> | void;

/** The schema of a route's answers. A success of 202 or 204 tells nothing. */
export function answersOf(status: number, answer: z.ZodType): Record<string, z.ZodType> {
  return { [String(status)]: isEmpty(status) ? nothing : answer };
}

/** Whether a success of this status has no body. */
export function isEmpty(status: number): boolean {
  return status === 202 || status === 204;
}

/** The group of the docs that a route stands in: the word after `/api/`. */
export function tagOf(url: string): string {
  const [, , tag = ""] = url.split("/");
  return tag;
}

/**
 * Adds a route that serves no operation: `handle(server, "POST /api/auth/sign-out", { summary, access, run })`. Of what `run`
 * returns, what the schema does not name stays behind.
 */
export function handle<
  Answer extends z.ZodType = typeof nothing,
  Body extends z.ZodRawShape = z.ZodRawShape,
  Query extends z.ZodRawShape = z.ZodRawShape,
>(server: Server, route: string, handled: HandledRoute<Body, Query, Answer>): void {
  const [method = "", url = ""] = route.split(" ");
  const { summary, access, fresh, guesses, body, query, answer = nothing, status = 200, run } = handled;
  server.route({
    method,
    url,
    schema: {
      tags: [tagOf(url)],
      summary,
      ...(body !== undefined && { body: z.strictObject(body) }),
      ...(query !== undefined && { querystring: z.strictObject(query) }),
      response: answersOf(status, answer),
    },
    config: { access, ...(fresh !== undefined && { fresh }), ...(guesses !== undefined && { guesses }) },
    async handler(request, reply) {
      const answered = await run(request as Handled<Body, Query>, reply);
      return reply.code(status).send((isEmpty(status) ? undefined : answered) as never);
    },
  });
}
