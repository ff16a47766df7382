import type { Sensitivity } from "../../packages/database/src/schema/kit/index.ts";
import { systemTables, tables } from "../../packages/database/src/schema/tables.ts";

/** Columns of a sensitivity, as `table.column`. */
export function columnsOf(sensitivity: Sensitivity): string[] {
  return [...tables, ...systemTables].flatMap((table) =>
    table.columnList
      .filter((column) => column.sensitivity === sensitivity)
      .map((column) => `${table.name}.${column.name}`),
  );
}
