import { anyTable } from "../database/any-table.ts";
import { columnsOf } from "../database/columns.ts";
import type { Handle } from "../database/handle.ts";
import { shapedStatement, type Statement } from "../database/statement.ts";
import { NotFoundError } from "../errors/index.ts";
import { columnNamed, type TableDefinition, type VisibleRow } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import type { Caller } from "./caller.ts";
import { type Reaching, reachOf, within } from "./within.ts";

type Wanted = Reaching & { id: number };
type Find = Statement<Wanted, Record<string, unknown>>;

interface Finders {
  readonly find: Find;
  /** Locks the row until the transaction ends. */
  readonly lock: Find;
}

const finders = new Map<TableName, Finders>();

function findersOf(table: TableDefinition & { readonly name: TableName }): Finders {
  const known = finders.get(table.name);
  if (known !== undefined) return known;
  const columns = [...columnsOf(table.name as "users")];
  const isSoft = columnNamed(table, "deleted_at") !== undefined;
  const make = (locks: boolean): Find =>
    shapedStatement((sql, p: Wanted) => {
      const query = anyTable({ sql })
        .selectFrom(table.name)
        .select(columns)
        .where(`${table.name}.id`, "=", p.id)
        .where(within(table.name, p));
      const live = isSoft ? query.where("deleted_at", "is", null) : query;
      return locks ? live.forNoKeyUpdate() : live;
    });
  const made = { find: make(false), lock: make(true) };
  finders.set(table.name, made);
  return made;
}

/**
 * Finds a record by its id within a caller's reach. The only look-up by id of an operation: what is out of reach, deleted
 * or not there is the same, so that nobody learns which.
 *
 * @param options `locks`: until the transaction ends, so that what was decided on it stays true
 * @returns its visible columns
 * @throws {NotFoundError} NOT_FOUND
 */
export async function requireWithin<Table extends TableDefinition & { readonly name: TableName }>(
  db: Handle,
  table: Table,
  id: number,
  caller: Caller,
  { locks = false }: { locks?: boolean } = {},
): Promise<VisibleRow<Table>> {
  const { find, lock } = findersOf(table);
  const row = await (locks ? lock : find).first(db, { id, ...reachOf(caller) });
  if (row === null) throw new NotFoundError();
  return row as unknown as VisibleRow<Table>;
}
