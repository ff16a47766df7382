import { expect, test } from "vitest";
import type { Database } from "../../src/database/handle.ts";
import { columnNamed, type NamedColumn, type TableDefinition } from "../../src/schema/kit/index.ts";
import { tableNamed, tables } from "../../src/schema/tables.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { insertRawRow, type Values } from "../support/raw-rows.ts";

const insertRaw = async (db: Database, table: TableDefinition, given: Values): Promise<void> =>
  void (await insertRawRow(db, table, given));

function columnsOfKind(kind: NamedColumn["kind"]): { table: TableDefinition; column: NamedColumn }[] {
  return tables.flatMap((table) =>
    table.columnList.filter((column) => column.kind === kind).map((column) => ({ table, column })),
  );
}

const nameOf = (table: TableDefinition, column: NamedColumn) => `${table.name}.${column.name}`;
const definitionOf = (name: string) => tableNamed(name) as TableDefinition;

/** The code of the error that an insert ends with; "accepted" when there is none. */
function outcomeOf(insert: Promise<void>): Promise<string> {
  return insert.then(
    () => "accepted",
    (error: unknown) => (error as { code: string }).code,
  );
}

/** Which of the columns let a value through that they should refuse, and which refused it for another reason. */
async function listUnruly(db: Database, kind: NamedColumn["kind"], badValue: (column: NamedColumn) => unknown) {
  const unruly: string[] = [];
  const columns = columnsOfKind(kind);
  for (const { table, column } of columns) {
    const outcome = await outcomeOf(insertRaw(db, table, { [column.name]: badValue(column) }));
    if (outcome !== "CONSTRAINT_VIOLATION") unruly.push(`${nameOf(table, column)}: ${outcome}`);
  }
  expect(columns.length).toBeGreaterThan(0);
  return unruly;
}

describeOnEachEngine("The database itself, whatever the layer does,", (context) => {
  test("refuses in every enum column a word that is not in its list", async () => {
    expect(await listUnruly(context.db, "enum", () => "SUPER_ADMIN")).toEqual([]);
  });

  test("refuses in every JSON column what is no JSON", async () => {
    expect(await listUnruly(context.db, "json", () => "{oops")).toEqual([]);
  });

  test("refuses in every boolean column what is neither true nor false", async () => {
    expect(await listUnruly(context.db, "boolean", () => (context.engine === "sqlite" ? 2 : "maybe"))).toEqual([]);
  });

  test("refuses in every string column one character too many", async () => {
    expect(await listUnruly(context.db, "string", ({ length = 0 }) => "é".repeat(length + 1))).toEqual([]);
  });

  test("refuses text in every integer, float and datetime column", async () => {
    for (const kind of ["integer", "float", "datetime"] as const) {
      expect(await listUnruly(context.db, kind, () => "many")).toEqual([]);
    }
  });

  test("refuses NULL in every column that is NOT NULL", async () => {
    const unruly: string[] = [];
    for (const table of tables) {
      const required = table.columnList.filter(({ notNull, kind }) => notNull === true && kind !== "id");
      for (const column of required) {
        const code = await outcomeOf(insertRaw(context.db, table, { [column.name]: null }));
        if (code !== "CONSTRAINT_VIOLATION") unruly.push(`${nameOf(table, column)}: ${code}`);
      }
    }
    expect(unruly).toEqual([]);
  });

  test("takes a string of its full length in characters beyond the basic plane", async () => {
    const companies = definitionOf("companies");
    await expect(insertRaw(context.db, companies, { name: "😀".repeat(255) })).resolves.toBeUndefined();
  });

  test("refuses every reference to a row that is not there", async () => {
    const accepted: string[] = [];
    for (const table of tables) {
      for (const column of table.columnList.filter(({ reference }) => reference !== undefined)) {
        const missing = column.kind === "integer" ? 987_654_321 : "missing";
        const code = await outcomeOf(insertRaw(context.db, table, { [column.name]: missing }));
        if (code !== "REFERENCE_VIOLATION") accepted.push(`${nameOf(table, column)}: ${code}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  test.each([
    ["users", "email", "Ada@Example.org", "aDA@example.ORG"],
    ["companies", "primary_domain", "Example.org", "EXAMPLE.ORG"],
  ])("lets no two %s have a %s that differs only in case", async (name, column, value, other) => {
    const table = definitionOf(name);
    await insertRaw(context.db, table, { [column]: value });
    await expect(insertRaw(context.db, table, { [column]: other })).rejects.toMatchObject({
      code: "CONFLICT",
      field: column,
    });
  });

  test("keeps a user whom a NOT NULL reference names, and clears the others", async () => {
    const { db } = context;
    const run = (sql: string) => db.executor.run({ sql, readOnly: false, recurring: false }, []);
    await insertRaw(db, definitionOf("users"), { id: 5001 });
    await insertRaw(db, definitionOf("users"), { id: 5002 });
    await insertRaw(db, definitionOf("companies"), { id: 5001 });
    const email = { company_id: 5001, created_by_user_id: 5001 };
    await insertRaw(db, definitionOf("monitored_emails"), email);
    await insertRaw(db, definitionOf("profiles"), { id: "of-5002", user_id: 5002 });
    await expect(run("DELETE FROM users WHERE id = 5001")).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    await run("DELETE FROM users WHERE id = 5002");
    const query = { sql: "SELECT user_id FROM profiles WHERE id = 'of-5002'", readOnly: true, recurring: false };
    expect(await db.executor.all(query, [])).toEqual([{ userId: null }]);
    expect(columnNamed(definitionOf("monitored_emails"), "created_by_user_id")?.reference?.onDelete).toBe("restrict");
  });
});
