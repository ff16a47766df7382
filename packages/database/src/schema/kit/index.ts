export type { JsonValue } from "../../validation/json/json-value.ts";
export * from "./column.ts";
export * from "./columns.ts";
export * from "./names.ts";
export * from "./patterns.ts";
export * from "./table.ts";
export * from "./types.ts";
export * from "./visibility.ts";
