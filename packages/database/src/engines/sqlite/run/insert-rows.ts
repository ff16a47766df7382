import { setImmediate as nextTurn } from "node:timers/promises";
import { quoteName } from "../../shared/ddl.ts";
import type { InsertTarget, Query } from "../../port/engine.ts";

/** Rows of one statement into a table whose indexes are gone; more gain nothing. */
export const rowsIntoBareTable = 50;
/** Rows after which others get their turn, so that no request waits for the whole. */
export const rowsOfTurn = 500;

function insertQuery({ table, columns }: InsertTarget, rows: number, recurring: boolean): Query {
  const places = `(${columns.map(() => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => places).join(", ");
  const sql = `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES ${values}`;
  return { sql, readOnly: false, recurring };
}

/**
 * Inserts rows one by one or several at a time, and lets the event loop turn between them.
 *
 * A statement of several rows saves time on a table without indexes only: SQLite keeps the former content of each page
 * that such a statement changes, to undo it alone, and with nine indexes that makes fifty rows at a time half as fast as
 * one.
 *
 * @param rowsOfStatement rows of one statement, 1 unless told
 */
export async function insertInStatements(
  target: InsertTarget,
  rows: readonly (readonly unknown[])[],
  run: (query: Query, values: readonly unknown[]) => Promise<number>,
  rowsOfStatement = 1,
): Promise<void> {
  const whole = insertQuery(target, rowsOfStatement, true);
  if (rowsOfStatement === 1) {
    for (const [index, row] of rows.entries()) {
      if (index > 0 && index % rowsOfTurn === 0) await nextTurn();
      await run(whole, row);
    }
    return;
  }
  for (let start = 0; start < rows.length; start += rowsOfStatement) {
    if (start > 0 && start % rowsOfTurn === 0) await nextTurn();
    const part = rows.slice(start, start + rowsOfStatement);
    await run(part.length === rowsOfStatement ? whole : insertQuery(target, part.length, false), part.flat());
  }
}
