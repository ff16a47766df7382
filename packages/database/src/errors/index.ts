export * from "./errors.ts";
export * from "./registry.ts";
