import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tenancy } from "../../src/access/tenancy.ts";
import { acrossCompanies } from "../../src/database/across-companies.ts";
import type { Database, Handle } from "../../src/database/handle.ts";
import { transaction } from "../../src/database/transaction.ts";
import { quoteName } from "../../src/engines/shared/ddl.ts";
import { addUser, listUsers, requireUser, updateUser } from "../../src/identity/index.ts";
import { batchInsert } from "../../src/records/index.ts";
import { columnNamed, primaryKeyOf, type TableDefinition } from "../../src/schema/kit/index.ts";
import { type KnownTable, type TableName, tables } from "../../src/schema/tables.ts";
import { getSecurityEvents, logSecurityEvent } from "../../src/security/index.ts";
import { inCompany } from "../support/people/callers.ts";
import { insertRawRow } from "../support/raw-rows.ts";
import { type CompanyRows, fillCompany, makeTwoRoles, run, type TwoRoles, valuesOf } from "../support/row-security.ts";

const walled = tables.filter(({ name }) => tenancy[name] !== "global");
const isPolicy = { cause: { code: "42501" } };

let roles: TwoRoles;
let db: Database;
let mine: CompanyRows;
let theirs: CompanyRows;
let company: number;

beforeAll(async () => {
  roles = await makeTwoRoles();
  db = await roles.openAsApp();
  mine = await fillCompany(roles.owner);
  theirs = await fillCompany(roles.owner);
  company = mine.get("companies")?.["id"] as number;
});
afterAll(async () => {
  await roles[Symbol.asyncDispose]();
});

const keyOf = (table: TableDefinition & { name: TableName }, rows: CompanyRows) =>
  rows.get(table.name)?.[primaryKeyOf(table).property];

async function keysOf(handle: Handle, table: KnownTable): Promise<unknown[]> {
  const key = quoteName(primaryKeyOf(table).name);
  const sql = `SELECT ${key} AS "key" FROM ${quoteName(table.name)} ORDER BY 1`;
  const rows = await handle.executor.all({ sql, readOnly: true, recurring: false }, []);
  return rows.map((row) => row["key"]);
}

/** Does something in a transaction of the company that is rolled back at its end. */
async function asCompany<T>(work: (tx: Handle) => Promise<T>): Promise<T> {
  const stop = new Error("rolled back");
  let result: { value: T } | undefined;
  const done = transaction(
    db,
    async (tx) => {
      result = { value: await work(tx) };
      throw stop;
    },
    { company },
  );
  await done.catch((error: unknown) => {
    if (error !== stop) throw error;
  });
  return (result as { value: T }).value;
}

/** Whether a unique index holds nothing but references and words of a list. */
const isAlone = (table: KnownTable): boolean =>
  table.indexes.some(
    ({ unique, columns }) =>
      unique === true &&
      columns.every((name) => {
        const column = columnNamed(table, name);
        return column?.reference !== undefined || column?.kind === "enum";
      }),
  );

const sql = (table: KnownTable) => ({ name: quoteName(table.name), key: quoteName(primaryKeyOf(table).name) });
const change = (handle: Handle, text: string, ...values: unknown[]) =>
  handle.executor.run({ sql: text, readOnly: false, recurring: false }, values);

describe("Row security: in a transaction of a company, by raw SQL,", () => {
  test.each(walled)("the rows of others in $name are not there, and nobody makes one", async (table) => {
    const { name, key } = sql(table);
    const [own, other] = [keyOf(table, mine), keyOf(table, theirs)];
    expect(await asCompany((tx) => keysOf(tx, table))).toEqual([own]);
    expect(await asCompany((tx) => change(tx, `UPDATE ${name} SET ${key} = ${key} WHERE ${key} = $1`, own))).toBe(1);
    expect(await asCompany((tx) => change(tx, `UPDATE ${name} SET ${key} = ${key} WHERE ${key} = $1`, other))).toBe(0);
    expect(await asCompany((tx) => change(tx, `UPDATE ${name} SET ${key} = ${key}`))).toBe(1);
    expect(await asCompany((tx) => change(tx, `DELETE FROM ${name} WHERE ${key} = $1`, other))).toBe(0);
    const foreign = valuesOf(table, theirs);
    await expect(asCompany((tx) => insertRawRow(tx, table, foreign))).rejects.toMatchObject(isPolicy);
    if (table.name === "companies") return;
    // Where one row of its parents is all there may be, that is what refuses a second one, and not the policy.
    const another = asCompany((tx) => insertRawRow(tx, table, valuesOf(table, mine)));
    expect(await another.catch((error: unknown) => (error as { code: string }).code)).toEqual(
      isAlone(table) ? "CONFLICT" : expect.any(Object),
    );
    const belonging = tenancy[table.name] as { own: string } | { through: string };
    const column = "own" in belonging ? belonging.own : belonging.through;
    const move = `UPDATE ${name} SET ${quoteName(column)} = $1 WHERE ${key} = $2`;
    await expect(asCompany((tx) => change(tx, move, foreign[column], own))).rejects.toMatchObject(isPolicy);
  });

  test("the rows of no company are not there either", async () => {
    await logSecurityEvent(db, { eventType: "nobodys", severity: "low", description: "x" });
    const count = `UPDATE security_events SET severity = severity WHERE event_type = 'nobodys'`;
    expect(await asCompany((tx) => run(tx, count))).toBe(0);
    expect(await run(db, count)).toBe(1);
  });

  test("what is logged there without a name is the company's", async () => {
    const logged = await asCompany(async (tx) => {
      await logSecurityEvent(tx, { eventType: "logged", severity: "low", description: "x" });
      return run(tx, `UPDATE security_events SET severity = severity WHERE company_id = ${company}`);
    });
    expect(logged).toBe(2);
  });
});

describe("Row security", () => {
  test("holds only in a company's transaction, and does not stay on its connection", async () => {
    const single = await roles.openAsApp({ maxConnections: 1 });
    const users = tables[1];
    const both = [keyOf(users, mine), keyOf(users, theirs)];
    expect(await keysOf(single, users)).toEqual(both);
    expect(await transaction(single, (tx) => keysOf(tx, users), { company })).toEqual([both[0]]);
    expect(await keysOf(single, users)).toEqual(both);
    const failing = transaction(single, (tx) => run(tx, "SELECT 1 / 0"), { company });
    await expect(failing).rejects.toMatchObject({ code: "CONSTRAINT_VIOLATION" });
    expect(await keysOf(single, users)).toEqual(both);
    expect(await transaction(single, (tx) => keysOf(tx, users))).toEqual(both);
    expect((await listUsers(single, {}, inCompany(company))).items).toHaveLength(1);
    expect(await keysOf(single, users)).toEqual(both);
  });

  test("ends with the savepoint that it was for, however that ends", async () => {
    const users = tables[1];
    const both = [keyOf(users, mine), keyOf(users, theirs)];
    await transaction(db, async (tx) => {
      expect((await listUsers(tx, {}, inCompany(company))).items).toHaveLength(1);
      expect(await keysOf(tx, users)).toEqual(both);
      const failing = transaction(tx, (inner) => run(inner, "SELECT 1 / 0"), { company });
      await expect(failing).rejects.toMatchObject({ code: "CONSTRAINT_VIOLATION" });
      expect(await keysOf(tx, users)).toEqual(both);
      const inner = await transaction(tx, (one) => transaction(one, (two) => keysOf(two, users)), { company });
      expect(inner).toEqual([both[0]]);
    });
    const across = await asCompany(async (tx) => [
      await acrossCompanies(tx as never, (all) => keysOf(all, users)),
      await keysOf(tx, users),
    ]);
    expect(across).toEqual([both, [both[0]]]);
  });

  test("attack: takes no company that is not a number", async () => {
    const smuggled = "1'; SET LOCAL nerve.company = '" as unknown as number;
    await expect(transaction(db, () => Promise.resolve(), { company: smuggled })).rejects.toThrow(TypeError);
    const strange = transaction(db, async (tx) => {
      await tx.executor.script("SET LOCAL nerve.company = 'x'");
      return keysOf(tx, tables[1]);
    });
    await expect(strange).rejects.toMatchObject({ code: "CONSTRAINT_VIOLATION" });
  });

  test("lets a reading operation change nothing", async () => {
    const changing = transaction(db, (tx) => run(tx, "DELETE FROM breaches"), { company, readOnly: true });
    await expect(changing).rejects.toMatchObject({ cause: { code: "25006" } });
  });

  test("is of no use to the owner, and can be left off; the predicate holds alone", async () => {
    expect(await db.executor.hasRowSecurity()).toBe(true);
    expect(await roles.owner.executor.hasRowSecurity()).toBe(false);
    const off = await roles.openAsApp({ rowSecurity: "off" });
    for (const handle of [roles.owner, off]) {
      expect(await handle.executor.hasRowSecurity()).toBe(false);
      expect(await transaction(handle, (tx) => keysOf(tx, tables[1]), { company })).toHaveLength(2);
      const { items } = await getSecurityEvents(handle, { since: new Date(0) }, inCompany(company));
      expect(items.map((event) => event.companyId)).toEqual([company]);
      const id = keyOf(tables[1], theirs) as number;
      await expect(requireUser(handle, { id }, inCompany(company))).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("lets operations of the company through", async () => {
    const id = keyOf(tables[1], mine) as number;
    expect(await updateUser(db, { id, fullName: "Ada" }, inCompany(company))).toMatchObject({ fullName: "Ada" });
  });

  test("attack: does not hide from a company that a domain is another's", async () => {
    const id = theirs.get("companies")?.["id"] as number;
    await run(roles.owner, `UPDATE companies SET primary_domain = 'theirs.example' WHERE id = ${id}`);
    const caller = { ...inCompany(company), role: "admin" as const };
    const added = addUser(db, { email: "eve@theirs.example", role: "user", companyId: company }, caller);
    await expect(added).rejects.toMatchObject({ code: "CONFLICT", field: "email" });
  });

  test("does not stand in the way of batches", async () => {
    const one = { eventType: "batch", severity: "low", description: "x", companyId: company };
    const records = Array.from({ length: 600 }, () => one);
    expect(await batchInsert(db, "security_events", records)).toMatchObject({ inserted: 600, errors: [] });
  });
});

describe("The policies of the database", () => {
  /** What the database says of each table's policies. */
  const policies = (handle: Handle) =>
    handle.executor.all(
      {
        sql: `SELECT c.relname AS "name", c.relrowsecurity AS "isOn", c.relforcerowsecurity AS "isForced",
                p.policyname, p.permissive, p.roles::text, p.cmd, p.qual, p.with_check
              FROM pg_class c LEFT JOIN pg_policies p ON p.tablename = c.relname AND p.schemaname = current_schema()
              WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 4`,
        readOnly: true,
        recurring: false,
      },
      [],
    );

  test("are those that `tenancy` asks for today, and no others", async () => {
    const found = await policies(roles.owner);
    const made = transaction(roles.owner, async (tx) => {
      for (const { name, policyname } of found) {
        if (policyname !== null) await run(tx, `DROP POLICY ${policyname as string} ON ${name as string}`);
        await run(tx, `ALTER TABLE ${name as string} DISABLE ROW LEVEL SECURITY`);
      }
      const { rowSecurityStatements } = tx.connection.dialect;
      const statements = tables.flatMap(({ name }) => rowSecurityStatements(name, tenancy[name]));
      await tx.executor.script(statements.join(";\n"));
      throw Object.assign(new Error("rolled back"), { made: await policies(tx) });
    });
    await expect(made).rejects.toMatchObject({ made: found });
    const behind = found.filter(({ isOn }) => isOn === true).map(({ name }) => name);
    expect(behind).toEqual(walled.map(({ name }) => name as string).toSorted());
  });
});
