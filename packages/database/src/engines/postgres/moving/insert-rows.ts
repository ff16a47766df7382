import { quoteName } from "../../shared/ddl.ts";
import type { InsertTarget, Query } from "../../port/engine.ts";

/** Rows of one statement; the protocol takes 65535 values at most. */
const mostRows = 250;
const mostValues = 60_000;

function insertQuery({ table, columns }: InsertTarget, rows: number, recurring: boolean): Query {
  const width = columns.length;
  const places = Array.from(
    { length: rows },
    (_, row) => `(${columns.map((__, at) => `$${row * width + at + 1}`).join(", ")})`,
  );
  const sql = `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES ${places.join(", ")}`;
  return { sql, readOnly: false, recurring };
}

/** Inserts rows by statements of many rows each, where COPY is refused. */
export async function insertInStatements(
  target: InsertTarget,
  rows: readonly (readonly unknown[])[],
  run: (query: Query, values: readonly unknown[]) => Promise<number>,
): Promise<void> {
  const step = Math.max(1, Math.min(mostRows, Math.floor(mostValues / target.columns.length)));
  for (let start = 0; start < rows.length; start += step) {
    const part = rows.slice(start, start + step);
    await run(insertQuery(target, part.length, part.length === step), part.flat());
  }
}
