export { pageOf } from "./page-of.ts";
export { jsonDocument, rowOf } from "./row-of.ts";
