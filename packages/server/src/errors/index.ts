export { handleErrors, sendProblem } from "./handle-errors.ts";
export { HttpError } from "./http-error.ts";
export { explainSchemaChange } from "./schema-change.ts";
export { problemOf, toProblem, type Problem } from "./problem.ts";
export { type ProblemCode, problemRegistry } from "./registry.ts";
