/** Writing and running queries of one's own. */
export {
  fetchPage,
  type Page,
  pageFields,
  pageOrder,
  type PageOrder,
  type PageParameters,
  type PageRequest,
} from "./page.ts";
export {
  type ComputedColumns,
  fetchAll,
  fetchFirst,
  type NamedRow,
  runQuery,
  shapedStatement,
  type Statement,
  statement,
} from "./statement.ts";
export { json, type JsonParameter } from "../schema/kit/parameters.ts";
/** Kysely's own, of the version that the statements are written with. */
export { type Kysely, sql } from "kysely";
