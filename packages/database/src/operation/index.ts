export type { AnyOperation, Description, Operation } from "./operation.ts";
