import type { Dialect } from "../../../engines/port/engine.ts";
import type { StoredRow, StoredValue } from "../../../engines/port/stored-rows.ts";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import type { RejectCounter } from "../rejects.ts";

/** Remembers the rows that stay behind, so that none is copied that refers to them. */
export class LeftBehind {
  readonly #keys = new Map<string, Set<StoredValue>>();

  add(table: TableDefinition, row: StoredRow): void {
    for (const [index, { name }] of table.columnList.entries()) {
      const place = `${table.name}.${name}`;
      const keys = this.#keys.get(place) ?? new Set();
      keys.add(row[index] ?? null);
      this.#keys.set(place, keys);
    }
  }

  /** The keys that a column may not refer to; undefined when it may refer to all. */
  keysFor({ reference }: NamedColumn): ReadonlySet<StoredValue> | undefined {
    const target = reference?.table.columnList.find(({ property }) => property === reference.column);
    return reference === undefined || target === undefined
      ? undefined
      : this.#keys.get(`${reference.table.name}.${target.name}`);
  }
}

interface Sieve {
  readonly table: TableDefinition;
  /** The dialect of the target. */
  readonly dialect: Dialect;
  readonly leftBehind: LeftBehind;
  readonly rejects: RejectCounter;
}

interface ColumnCheck {
  readonly index: number;
  readonly column: NamedColumn;
  readonly lost: ReadonlySet<StoredValue> | undefined;
}

/** Makes the function that leaves out of a batch what the target cannot store, and says why. */
export function sieve({ table, dialect, leftBehind, rejects }: Sieve): (batch: StoredRow[]) => StoredRow[] {
  const checks = table.columnList
    .map((column, index): ColumnCheck => ({ index, column, lost: leftBehind.keysFor(column) }))
    // Whole numbers and words from a fixed list have nothing to check.
    .filter(({ column, lost }) => lost !== undefined || !["id", "integer", "boolean", "enum"].includes(column.kind));
  const keyIndex = table.columnList.findIndex(({ primaryKey }) => primaryKey === true);

  const isStorable = (row: StoredRow): boolean => {
    for (const { index, column, lost } of checks) {
      const value = row[index] ?? null;
      if (value === null) continue;
      const isLost = lost?.has(value) === true;
      const reason = isLost ? `refers to a row of ${column.reference?.table.name} that was rejected` : undefined;
      const refusal = reason ?? dialect.refusalOf(column.kind, value);
      if (refusal === undefined) continue;
      const canBeNull = isLost && column.notNull !== true && column.reference?.onDelete === "set null";
      const kind = canBeNull ? "adjusted" : "rejected";
      rejects.add({ kind, table: table.name, key: row[keyIndex] ?? null, column: column.name, reason: refusal });
      if (!canBeNull) return false;
      row[index] = null;
    }
    return true;
  };
  return (batch) => {
    let storable: StoredRow[] | undefined;
    for (const [position, row] of batch.entries()) {
      if (isStorable(row)) {
        storable?.push(row);
        continue;
      }
      leftBehind.add(table, row);
      storable ??= batch.slice(0, position);
    }
    return storable ?? batch;
  };
}
