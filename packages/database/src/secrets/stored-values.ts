import { anyTable } from "../database/any-table.ts";
import type { Handle } from "../database/handle.ts";
import { fetchAll } from "../database/statement.ts";
import { primaryKeyOf } from "../schema/kit/index.ts";
import type { EncryptedColumn } from "./encrypted-columns.ts";

/** A value as it is stored, with the key of its row. */
export interface StoredSecret {
  readonly id: number | string;
  readonly value: string;
}

/** So many at a time: few enough that requests go on in between. */
const batchSize = 500;

/** Reads the values of an encrypted column in the order of their rows, some at a time. */
export async function* readStoredSecrets(
  db: Handle,
  { table, column }: EncryptedColumn,
): AsyncIterable<readonly StoredSecret[]> {
  const key = primaryKeyOf(table).name;
  for (let last: number | string | undefined; ;) {
    const after = last;
    const query = anyTable(db)
      .selectFrom(table.name)
      .select([`${key} as id`, `${column.name} as value`])
      .where(column.name, "is not", null)
      .$if(after !== undefined, (rest) => rest.where(key, ">", after))
      .orderBy(key)
      .limit(batchSize);
    const rows = (await fetchAll(db, query)) as unknown as StoredSecret[];
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    last = rows.at(-1)?.id;
  }
}
