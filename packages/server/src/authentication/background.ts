import type { FastifyRequest } from "fastify";

/** The parameter as the OpenAPI document has it, on every route that reads with a session. */
export const backgroundParameter = {
  name: "X-Background",
  in: "header",
  required: false,
  schema: { type: "string", enum: ["1"] },
  description:
    "`1`: nobody asked for this, a page refreshes by itself. It does not count as use of the session, which ends when it is idle.",
} as const;

/** Whether a request reads on nobody's behalf. A change is always somebody's doing. */
export function isBackground({ method, headers }: FastifyRequest): boolean {
  return headers["x-background"] === "1" && (method === "GET" || method === "HEAD");
}
