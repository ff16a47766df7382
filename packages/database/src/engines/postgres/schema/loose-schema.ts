import type { TableDefinition } from "../../../schema/kit/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { LooseSchema, TransactionExecutor } from "../../port/engine.ts";
import { repeatable } from "../../shared/repeatable-index.ts";

/** Indexes, those of keys among them; then foreign keys. `constraint` is the kind of what goes by that name. */
const looseQuery = {
  sql: `
    SELECT 1 AS step, i.indexrelid AS oid, c.relname AS "table", NULL AS target, x.relname AS name, k.contype::text AS "constraint",
      replace(pg_get_indexdef(i.indexrelid), ' ON ' || quote_ident(current_schema()) || '.', ' ON ') AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
      LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    UNION ALL
    SELECT 2, k.oid, c.relname, t.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid)
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
  /** Null for an index that is nothing else: a primary key, a unique one, a foreign key. */
  readonly constraint: "p" | "u" | "f" | null;
  readonly definition: string;
}

function drop({ table, name, constraint }: Loose): string {
  return constraint === null
    ? `DROP INDEX ${quoteName(name)}`
    : `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`;
}

/** Makes a constraint again; a key takes the index that is there by then, since building one of its own would lock readers out. */
function addConstraint({ table, name, constraint, definition }: Loose): string {
  const add = `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)}`;
  if (constraint === "f") return `${add} ${definition}`;
  return `${add} ${constraint === "p" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${quoteName(name)}`;
}

/** Drops keys, indexes and foreign keys, those that refer to the tables too, so that rows are only appended. */
export async function loosenSchema(tx: TransactionExecutor, tables: readonly TableDefinition[]): Promise<LooseSchema> {
  const rows = (await tx.all(looseQuery, [])) as unknown as Loose[];
  const loose = rows.filter(({ table, target }) => tables.some(({ name }) => name === table || name === target));
  if (loose.length === 0) return { indexes: [], constraints: [] };
  // A foreign key goes before the key that it rests on.
  await tx.script(loose.toReversed().map(drop).join(";\n"));
  return {
    indexes: loose.filter(({ constraint }) => constraint !== "f").map(({ definition }) => repeatable(definition)),
    constraints: loose.filter(({ constraint }) => constraint !== null).map(addConstraint),
  };
}
