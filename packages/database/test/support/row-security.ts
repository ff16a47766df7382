import { randomBytes } from "node:crypto";
import { createTestDatabase } from "../../../../test/support/test-databases.ts";
import { tenancy } from "../../src/access/tenancy.ts";
import type { Database, Handle } from "../../src/database/handle.ts";
import type { ResultRow } from "../../src/engines/port/engine.ts";
import { openDatabase, type OpenOptions } from "../../src/opening/open-database.ts";
import type { TableDefinition } from "../../src/schema/kit/index.ts";
import { type TableName, tables } from "../../src/schema/tables.ts";
import { testKeys } from "./engines.ts";
import { insertRawRow, type Values } from "./raw-rows.ts";

/** A database with the two roles of a deployment: its owner, and one that may do with rows what it likes. */
export interface TwoRoles extends AsyncDisposable {
  readonly owner: Database;
  readonly openAsApp: (options?: OpenOptions) => Promise<Database>;
}

/** Runs one statement. */
export function run(db: Handle, sql: string): Promise<number> {
  return db.executor.run({ sql, readOnly: false, recurring: false }, []);
}

/** Makes a migrated database, and a role for it that owns nothing. */
export async function makeTwoRoles(): Promise<TwoRoles> {
  const place = await createTestDatabase();
  const role = `app_${randomBytes(6).toString("hex")}`;
  const owner = await openDatabase(place.url, { keys: testKeys });
  await run(owner, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  await run(owner, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
  await run(owner, `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
  const url = new URL(place.url);
  url.username = role;
  url.password = role;
  const opened: Database[] = [];
  return {
    owner,
    openAsApp: async (options) => {
      const db = await openDatabase(url.href, { keys: testKeys, ...options });
      opened.push(db);
      return db;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((db) => db.close()));
      await run(owner, `DROP OWNED BY ${role}`);
      await run(owner, `DROP ROLE ${role}`);
      await owner.close();
      await place.drop();
    },
  };
}

/** A row of each table, by the names of their properties. */
export type CompanyRows = Map<TableName, ResultRow>;

/** What a row of a table has to hold to be the company's whose other rows these are. */
export function valuesOf(table: TableDefinition & { readonly name: TableName }, rows: CompanyRows): Values {
  const company = rows.get("companies")?.["id"];
  const values: Record<string, unknown> = {};
  for (const { name, reference } of table.columnList) {
    if (reference !== undefined) values[name] = rows.get(reference.table.name as TableName)?.[reference.column] ?? null;
  }
  const belonging = tenancy[table.name];
  if (belonging === "global" || table.name === "companies") return values;
  if ("own" in belonging) return { ...values, [belonging.own]: company };
  const { by, through, to } = belonging;
  const property = tables.find(({ name }) => name === by)?.columnList.find(({ name }) => name === to)?.property ?? "";
  return { ...values, [through]: rows.get(by)?.[property] };
}

/** Makes a company with a row in every table. */
export async function fillCompany(db: Handle): Promise<CompanyRows> {
  const rows: CompanyRows = new Map();
  for (const table of tables) rows.set(table.name, await insertRawRow(db, table, valuesOf(table, rows)));
  return rows;
}
