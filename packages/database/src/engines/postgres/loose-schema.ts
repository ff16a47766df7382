import type { TableDefinition } from "../../schema/kit/index.ts";
import { quoteName } from "../ddl.ts";
import type { TransactionExecutor } from "../engine.ts";

/** What slows down a load, with the statement that makes it again: keys, then indexes, then foreign keys. */
const looseQuery = {
  sql: `
    SELECT 1 AS step, k.oid, c.relname AS "table", NULL AS target, k.conname AS name, true AS "isConstraint", pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('p', 'u')
    UNION ALL
    SELECT 2, i.indexrelid, c.relname, NULL, x.relname, false, replace(pg_get_indexdef(i.indexrelid), ' ON ' || quote_ident(current_schema()) || '.', ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 3, k.oid, c.relname, t.relname, k.conname, true, pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND k.contype = 'f'
    ORDER BY 1, 2`,
  readOnly: true,
  recurring: false,
};

interface Loose {
  readonly table: string;
  /** The table that a foreign key refers to. */
  readonly target: string | null;
  readonly name: string;
  readonly isConstraint: boolean;
  readonly definition: string;
}

/** Drops keys, indexes and foreign keys, those that refer to the tables too, so that rows are only appended. */
export async function loosenSchema(tx: TransactionExecutor, tables: readonly TableDefinition[]): Promise<string[]> {
  const rows = (await tx.all(looseQuery, [])) as unknown as Loose[];
  const loose = rows.filter(({ table, target }) => tables.some(({ name }) => name === table || name === target));
  if (loose.length === 0) return [];
  // A foreign key goes before the key that it rests on.
  const drops = loose
    .toReversed()
    .map(({ table, name, isConstraint }) =>
      isConstraint
        ? `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`
        : `DROP INDEX ${quoteName(name)}`,
    );
  await tx.script(drops.join(";\n"));
  return loose.map(({ table, name, isConstraint, definition }) =>
    isConstraint ? `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} ${definition}` : definition,
  );
}
