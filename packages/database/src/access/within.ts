import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool } from "kysely";
import { columnNamed, type TableDefinition } from "../schema/kit/index.ts";
import { type TableName, tableNamed } from "../schema/tables.ts";
import type { Caller } from "./caller.ts";
import { tenancy } from "./tenancy.ts";

/** A caller's reach as parameters of a shaped statement; without any of them it is unlimited. */
export interface Reaching {
  /** Only rows of this company. */
  reachedCompany?: number | undefined;
  /** Only rows of this user. */
  reachedUser?: number | undefined;
}

/** Turns a caller's reach into the parameters that `within` reads. */
export function reachOf({ scope }: Caller): Reaching {
  switch (scope.kind) {
    case "all":
      return {};
    case "company":
      return { reachedCompany: scope.companyId };
    case "own":
      return { reachedUser: scope.userId };
  }
}

type AnyBuilder = ExpressionBuilder<Record<string, Record<string, unknown>>, string>;

/**
 * Writes the condition that a row is within a caller's reach. The only home of the rule: lists, look-ups and changes of
 * records all ask it.
 *
 * @param table the table, under its own name in the statement
 * @param reaching the parameters that `reachOf` made, as the statement has them
 */
export function within(table: TableName, { reachedCompany, reachedUser }: Reaching): Expression<SqlBool> {
  const eb: AnyBuilder = expressionBuilder<Record<string, Record<string, unknown>>, string>();
  const conditions: Expression<SqlBool>[] = [];
  if (reachedCompany !== undefined) conditions.push(ofCompany(eb, table, reachedCompany));
  if (reachedUser !== undefined) conditions.push(ofUser(eb, table, reachedUser));
  return eb.and(conditions);
}

function ofCompany(eb: AnyBuilder, table: TableName, companyId: number): Expression<SqlBool> {
  const answer = tenancy[table];
  if (answer === "global") return eb.lit(true);
  if ("own" in answer) return eb(`${table}.${answer.own}`, "=", companyId);
  const { by, through, to } = answer;
  return eb.exists(
    eb
      .selectFrom(by)
      .select(`${by}.${to}`)
      .whereRef(`${by}.${to}`, "=", `${table}.${through}`)
      .where(ofCompany(eb, by, companyId)),
  );
}

/** Rows that name no user are nobody's own. */
function ofUser(eb: AnyBuilder, table: TableName, userId: number): Expression<SqlBool> {
  if (tenancy[table] === "global") return eb.lit(true);
  const column = ownerColumnOf(table);
  return column === undefined ? eb.lit(false) : eb(`${table}.${column}`, "=", userId);
}

/** The column that says whose a row is; undefined where none does. */
export function ownerColumnOf(table: TableName): string | undefined {
  if (table === "users") return "id";
  if (table === "findings") return "assigned_to_user_id";
  return columnNamed(tableNamed(table) as TableDefinition, "user_id")?.name;
}
