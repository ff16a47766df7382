import { setImmediate as nextTurn } from "node:timers/promises";
import { quoteName } from "../ddl.ts";
import type { InsertTarget, Query } from "../engine.ts";

/** Rows of one statement; more gain nothing. */
const rowsOfStatement = 50;
/** Statements after which others get their turn, so that no request waits for the whole. */
const statementsOfTurn = 10;

function insertQuery({ table, columns }: InsertTarget, rows: number): Query {
  const places = `(${columns.map(() => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => places).join(", ");
  const sql = `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES ${values}`;
  return { sql, readOnly: false, recurring: rows === rowsOfStatement };
}

/** Inserts rows by statements of many rows each, and lets the event loop turn between them. */
export async function insertInStatements(
  target: InsertTarget,
  rows: readonly (readonly unknown[])[],
  run: (query: Query, values: readonly unknown[]) => Promise<number>,
): Promise<void> {
  const whole = insertQuery(target, rowsOfStatement);
  for (let start = 0; start < rows.length; start += rowsOfStatement) {
    if (start > 0 && start % (rowsOfStatement * statementsOfTurn) === 0) await nextTurn();
    const part = rows.slice(start, start + rowsOfStatement);
    await run(part.length === rowsOfStatement ? whole : insertQuery(target, part.length), part.flat());
  }
}
