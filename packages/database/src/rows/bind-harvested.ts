import { sql } from "kysely";
import { anyTable } from "../database/any-table.ts";
import type { Transaction } from "../database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../database/statement.ts";
import { type NamedColumn, primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import { isHarvested } from "./harvested.ts";

/** Rows that have come in the transaction. */
interface NewRows {
  readonly table: TableDefinition;
  /** The least id that the first can have; null where the table was empty. */
  readonly from: number | string | null;
}

type Row = Readonly<Record<string, string | null>> & { readonly id: number | string };

/** Rows that are read, and written by one statement for each column. */
const batchSize = 250;

/**
 * Tells from which id on new rows will be; undefined where no further step is needed: for a table that holds nothing to be bound, or
 * whose ids are chosen by whoever makes its rows.
 */
export async function nextRowsOf(tx: Transaction, table: TableDefinition): Promise<NewRows | undefined> {
  const { name, kind } = primaryKeyOf(table);
  if (kind !== "id" || !table.columnList.some(isHarvested)) return undefined;
  const query = anyTable(tx).selectFrom(table.name).select(`${name} as id`).orderBy(name, "desc").limit(1);
  const last = (await fetchFirst(tx, query))?.["id"];
  return { table, from: typeof last === "number" ? last + 1 : null };
}

/**
 * Binds the harvested credentials of rows to these rows: the database gave them their ids, so that they could not be encrypted for
 * them before they were there. Nobody else sees the rows between the two steps.
 */
export async function bindHarvested(tx: Transaction, { table, from }: NewRows): Promise<void> {
  const columns = table.columnList.filter(isHarvested);
  if (columns.length === 0) return;
  const key = primaryKeyOf(table).name;
  for (let last = from, isFirst = true; ; isFirst = false) {
    const start = last;
    const query = anyTable(tx)
      .selectFrom(table.name)
      .select([key, ...columns.map(({ name }) => name)].map((name, index) => `${name} as ${aliasOf(index)}`))
      .where((where) => where.or(columns.map(({ name }) => where(name, "like", "enc1.%"))))
      .$if(start !== null, (rest) => rest.where(key, isFirst ? ">=" : ">", start))
      .orderBy(key)
      .limit(batchSize);
    const rows = (await fetchAll(tx, query)) as unknown as Row[];
    for (const [index, column] of columns.entries())
      await bindColumn(tx, { table, column, rows, alias: aliasOf(index + 1) });
    if (rows.length < batchSize) return;
    last = rows.at(-1)?.id ?? null;
  }
}

/** A name that decoding leaves as it is. */
function aliasOf(index: number): string {
  return index === 0 ? "id" : `value${index}`;
}

interface Binding {
  readonly table: TableDefinition;
  readonly column: NamedColumn;
  readonly rows: readonly Row[];
  readonly alias: string;
}

async function bindColumn(tx: Transaction, { table, column, rows, alias }: Binding): Promise<void> {
  const unbound = rows.filter((row) => row[alias]?.startsWith("enc1.") === true);
  if (unbound.length === 0) return;
  const secrets = await tx.secrets();
  const place = { table: table.name, column: column.name };
  const key = primaryKeyOf(table).name;
  const bound = unbound.map(({ id, [alias]: value }) => {
    const plain = secrets.decrypt(value ?? "", place);
    return sql`when ${id} then ${secrets.encrypt(plain, { ...place, row: id })}`;
  });
  const chosen = sql`case ${sql.ref(key)} ${sql.join(bound, sql` `)} end`;
  const ids = unbound.map(({ id }) => id);
  await runQuery(
    tx,
    anyTable(tx)
      .updateTable(table.name)
      .set({ [column.name]: chosen })
      .where(key, "in", ids),
  );
}
