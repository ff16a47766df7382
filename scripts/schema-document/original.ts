import type { TableDefinition } from "../../packages/database/src/schema/kit/index.ts";
import original from "../../packages/database/test/fixtures/original-tables.json" with { type: "json" };

const originalTables = new Map(
  Object.values(original.modules).flatMap((module) => Object.entries<Record<string, string>>(module)),
);

/** Lists the columns of a table that the original does not have. */
export function columnsBeyond({ name, columnList }: TableDefinition): string[] {
  const known = originalTables.get(name) ?? {};
  return columnList.map((column) => column.name).filter((column) => !Object.hasOwn(known, column));
}
