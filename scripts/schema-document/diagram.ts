import type { NamedColumn, TableDefinition } from "../../packages/database/src/schema/kit/index.ts";

function keyOf({ primaryKey, reference, unique }: NamedColumn): string | undefined {
  const keys = [primaryKey === true ? "PK" : "", reference === undefined ? "" : "FK", unique === undefined ? "" : "UK"];
  const given = keys.filter((key) => key !== "");
  return given.length === 0 ? undefined : given.join(", ");
}

function printEntity({ name, columnList }: TableDefinition): string {
  const keys = columnList.flatMap((column) => {
    const key = keyOf(column);
    return key === undefined ? [] : [`        ${column.kind} ${column.name} ${key}`];
  });
  return [`    ${name} {`, ...keys, "    }"].join("\n");
}

function printRelationships({ name, columnList }: TableDefinition): string[] {
  return columnList.flatMap((column) => {
    const { reference, notNull } = column;
    if (reference === undefined) return [];
    return [`    ${reference.table.name} ${notNull === true ? "||" : "|o"}--o{ ${name} : ${column.name}`];
  });
}

/** Writes the entity-relationship diagram of some tables, with their keys. */
export function printDiagram(tables: readonly TableDefinition[]): string {
  const lines = [...tables.map(printEntity), ...tables.flatMap(printRelationships)];
  return ["```mermaid", "erDiagram", ...lines, "```"].join("\n");
}
