import type { TableDefinition } from "../../packages/database/src/schema/kit/index.ts";

function listRestricted(tables: readonly TableDefinition[]): string {
  return tables
    .flatMap(({ name, columnList }) =>
      columnList
        .filter(({ reference }) => reference?.onDelete === "restrict")
        .map((column) => `\`${name}.${column.name}\``),
    )
    .join(", ");
}

function listHardDeleted(tables: readonly TableDefinition[]): string {
  return tables
    .filter(({ columnList }) => columnList.every(({ name }) => name !== "deleted_at"))
    .map(({ name }) => `\`${name}\``)
    .join(", ");
}

/** Writes what holds for all tables. */
export function introduction(tables: readonly TableDefinition[]): string {
  const columns = tables.flatMap(({ columnList }) => columnList).length;
  return `# Schema

${tables.length} tables with ${columns} columns, the same on SQLite and PostgreSQL. This page is printed from the definitions in
\`packages/database/src/schema\` by \`npm run docs\`; a test fails when it is stale. The statements themselves are in
[sqlite.sql](../packages/database/schema/sqlite.sql) and [postgres.sql](../packages/database/schema/postgres.sql).

## What holds for every table

- **Names.** SQL speaks \`snake_case\`, TypeScript \`camelCase\`. Where the property's name is not simply the column's in the other
  manner, its row says so.
- **Types.** Tables are STRICT on SQLite. A datetime is epoch milliseconds (UTC) on SQLite and \`timestamptz\` on PostgreSQL,
  a \`Date\` in TypeScript. A boolean is 0 or 1 on SQLite, by CHECK. Integers are whole numbers within ±(2^53 − 1). The length of a
  string counts characters (code points).
- **Stamps.** A column "set at insert" or "set at each change" gets the time of the handle's clock from the layer, not from a
  default of the database.
- **Foreign keys** are enforced on every connection, and each has an index. On deletion of the row that is referred to, CASCADE
  deletes this row too, SET NULL clears the column, and RESTRICT refuses the deletion.
- **RESTRICT.** ${listRestricted(tables)} would be SET NULL, but they are NOT NULL: clearing them is impossible. So a
  user who is named there cannot be deleted for good before those rows are; soft delete is not affected.
- **Soft delete.** A table with \`deleted_at\` and \`is_active\` loses no row by \`softDelete\`: the row gets the time of its deletion
  and is invisible from then on, until \`restore\`. \`purgeSoftDeleted\` deletes for good what was deleted 90 days ago. Indexes for look-ups hold
  live rows only; those for foreign keys hold all. Without soft delete: ${listHardDeleted(tables)}.
- **JSON that is searched.** Rows are found by members of the document, newest first. On PostgreSQL by a GIN index (\`jsonb_path_ops\`);
  on SQLite by a table beside their own, \`…_search\`, with a row for each member, which triggers keep: copies and imports make it anew, and no
  list of tables has it. Strings up to 255 characters, numbers, booleans and null under keys of up to 100 characters are found, at the top level
  of an object. A number is found as JavaScript reads and writes it: one that was stored with more digits than that is not.
- **Sensitivity.** \`digest\`: only a digest is stored, and it is never shown. \`password\`: a password hash, never shown.
  \`encrypted\`: encrypted with the key ring, never shown. \`secret\`: guards one of these, never shown. \`harvested\`: a credential
  found elsewhere; encrypted, and part of no row unless a statement names it. \`personal\`: about a person.`;
}
