import { z } from "zod";
import { problemRegistry, type ProblemCode } from "../errors/index.ts";

const codes = Object.keys(problemRegistry) as [ProblemCode, ...ProblemCode[]];

/** How every error leaves the server. */
export const problemSchema = z
  .object({
    type: z.string().meta({ format: "uri" }),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string(),
    help: z.string(),
    requestId: z.string(),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "An error, as RFC 9457 has it." });

/** The answer of every route when something is wrong. */
export const problemResponse = {
  description: "Something is wrong; `code` says what.",
  content: { "application/problem+json": { schema: problemSchema } },
};
