import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tenancy } from "../../src/access/tenancy.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import { transaction } from "../../src/database/transaction.ts";
import { exportSchema } from "../../src/operations/export-schema.ts";
import { applyMigration } from "../../src/migrations/apply-migration.ts";
import { indexesOf } from "../../src/engines/shared/ddl.ts";
import { systemTables, tables } from "../../src/schema/tables.ts";
import { describeOnEachEngine, emptyPlace } from "../support/engines.ts";
import type { EngineName } from "../../src/engines/port/engine.ts";

/** Runs a script on an empty database and exports what it made. */
async function exportAfter(engine: EngineName, script: string): Promise<string> {
  const place = await emptyPlace(engine);
  const db = await openDatabase(place.url, { migrations: "ignore" });
  try {
    await transaction(db, (tx) => tx.executor.script(script));
    return await exportSchema(db);
  } finally {
    await db.close();
    await place.remove();
  }
}

/** The lines in no order; columns that SQLite appended to the text of a table stand as if they had been there from the start. */
const lines = (text: string) =>
  text
    .replaceAll(/\n, (?=")/g, ",\n  ")
    .replaceAll(/, (?="\w+" (?:INTEGER|TEXT|REAL)\b)/g, ",\n  ")
    .replaceAll(/(?<=[^\n])\) STRICT/g, "\n) STRICT")
    .split("\n")
    .map((line) => line.replace(/,$/, ""))
    .toSorted();

test("Names of tables, columns and indexes have at most the 63 characters that PostgreSQL keeps", () => {
  const names = [...tables, ...systemTables].flatMap((table) => [
    table.name,
    ...table.columnList.map(({ name }) => name),
    ...indexesOf(table).map(({ name }) => name),
  ]);
  expect(names.filter((name) => name.length > 63)).toEqual([]);
});

describeOnEachEngine("The schema", (context) => {
  test("is what the checked-in dump says; `npm run schema` writes it anew", async () => {
    const dump = fileURLToPath(new URL(`../../schema/${context.engine}.sql`, import.meta.url));
    await expect(await exportSchema(context.db)).toMatchFileSnapshot(dump);
  });

  test("made by the migrations equals the one that the definitions ask for", async () => {
    const { createTableStatements, rowSecurityStatements } = context.db.connection.dialect;
    const made = [...systemTables, ...tables].flatMap((table) => createTableStatements(table));
    const walls = tables.flatMap(({ name }) => rowSecurityStatements(name, tenancy[name]));
    const script = [...made, ...walls].join(";\n");
    const fromDefinitions = await exportAfter(context.engine, script);
    expect(lines(await exportSchema(context.db))).toEqual(lines(fromDefinitions));
  });

  test("is exported as SQL that makes it again, own migrations included", async () => {
    const own = {
      sqlite: `CREATE TABLE own (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), "odd ""name" TEXT);
               CREATE VIEW own_view AS SELECT id FROM own;
               CREATE TRIGGER own_trigger AFTER INSERT ON own BEGIN DELETE FROM own WHERE id < 0; END`,
      postgres: `CREATE TABLE own (id bigserial PRIMARY KEY, user_id bigint REFERENCES users (id), "odd ""name" text,
                   CHECK (id > 0), UNIQUE (user_id));
                 CREATE INDEX own_index ON own (lower("odd ""name")) WHERE user_id IS NOT NULL;
                 ALTER TABLE own ENABLE ROW LEVEL SECURITY;
                 ALTER TABLE own FORCE ROW LEVEL SECURITY;
                 CREATE POLICY "odd ""policy" ON own AS RESTRICTIVE FOR UPDATE TO PUBLIC, CURRENT_USER
                   USING (id > 1) WITH CHECK (id > 2)`,
    };
    await applyMigration(context.db, { version: "own", description: "Own", sql: own[context.engine] });
    const exported = await exportSchema(context.db);
    expect(exported).toContain("own_");
    expect(await exportAfter(context.engine, exported)).toBe(exported);
  });
});
