export * from "./backup/index.ts";
export { exportSchema } from "./export-schema.ts";
export * from "./health/index.ts";
export * from "./keys/index.ts";
export * from "./moving/index.ts";
export * from "./performance/index.ts";
