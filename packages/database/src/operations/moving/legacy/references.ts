import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import { KeySet } from "../key-set.ts";
import type { StoredRow } from "../../../engines/port/stored-rows.ts";
import { Adjusted, Fault, type Outcome } from "./cells.ts";

/** Remembers the keys that have arrived, and decides what becomes of references to those that have not. */
export class References {
  readonly #arrived = new Map<string, KeySet>();
  readonly #isInSource: (table: string, column: string, key: string | number) => boolean;

  /** @param tables the tables that are moved; keys are kept of those that others refer to */
  constructor(
    tables: readonly TableDefinition[],
    isInSource: (table: string, column: string, key: string | number) => boolean,
  ) {
    this.#isInSource = isInSource;
    for (const { columnList } of tables) {
      for (const column of columnList) {
        const target = targetOf(column);
        if (target !== undefined) this.#arrived.set(`${target.table}.${target.column}`, new KeySet());
      }
    }
  }

  /** Remembers the keys of a row that was written. */
  remember(table: TableDefinition, row: StoredRow): void {
    for (const [index, { name }] of table.columnList.entries()) {
      const key = row[index] ?? null;
      if (key !== null) this.#arrived.get(`${table.name}.${name}`)?.add(key);
    }
  }

  /** Keeps a reference to a row that has arrived; otherwise gives it up where the table allows that, or faults. */
  resolve(column: NamedColumn, outcome: Outcome): Outcome {
    const target = targetOf(column);
    const key = outcome instanceof Adjusted ? outcome.value : outcome;
    const isKey = typeof key === "string" || typeof key === "number";
    if (target === undefined || !isKey) return outcome;
    if (this.#arrived.get(`${target.table}.${target.column}`)?.has(key) === true) return outcome;
    // A row that got a new id is in the source, under its old one.
    const found = outcome instanceof Adjusted || this.#isInSource(target.table, target.column, key);
    const reason = `refers to a row of ${target.table} that ${found ? "was rejected" : "does not exist"}`;
    return giveUp(column, reason);
  }
}

/** Empties a reference that leads nowhere, where the table allows that; else the row is left behind. */
export function giveUp(column: NamedColumn, reason: string): Adjusted | Fault {
  const canBeNull = column.notNull !== true && column.reference?.onDelete === "set null";
  return canBeNull ? new Adjusted(null, reason) : new Fault(reason);
}

function targetOf({ reference }: NamedColumn): { table: string; column: string } | undefined {
  if (reference === undefined) return undefined;
  const column = reference.table.columnList.find(({ property }) => property === reference.column);
  return column === undefined ? undefined : { table: reference.table.name, column: column.name };
}
