// What the types of operations say. The compiler checks it (`npm run typecheck`); nothing here runs.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Caller } from "../../src/access/caller.ts";
import { type Tenancy, tenancy } from "../../src/access/tenancy.ts";
import type { Database } from "../../src/database/handle.ts";
import type { Page } from "../../src/database/page.ts";
import { changed, unchanged } from "../../src/operation/changed.ts";
import { listing } from "../../src/operation/listing.ts";
import { changing, type Operation, reading } from "../../src/operation/operation.ts";
import { companies, users } from "../../src/schema/core.ts";
import type { VisibleRow } from "../../src/schema/index.ts";
import type { TableName } from "../../src/schema/tables.ts";
import { recordId, text } from "../../src/validation/input.ts";

const about = { summary: "Rename a company", permission: "company:manage", output: z.object({ id: z.int() }) } as const;
const input = { id: recordId(), name: text({ min: 1, max: 100 }), note: text({ max: 100 }).optional() };

const rename = changing({
  ...about,
  input,
  prepare: async (_db, { name }) => name.length,
  async run(_tx, { id, note }, caller, prepared) {
    expectTypeOf(note).toEqualTypeOf<string | undefined>();
    expectTypeOf(caller).toEqualTypeOf<Caller>();
    expectTypeOf(prepared).toEqualTypeOf<number>();
    return prepared === 0 ? unchanged({ id }) : changed({ id }, { action: "company_renamed", on: companies, id });
  },
});

const count = reading({
  summary: "Count companies",
  permission: "company:manage",
  input: { since: z.date().optional() },
  output: z.object({ companies: z.int() }),
  run: async () => ({ companies: 0 }),
});

const list = listing({
  summary: "List users",
  permission: "user:read",
  table: users,
  order: ["email", "id"],
  filters: { equal: { status: text({ max: 20 }) }, search: ["email"] },
});

/** Never called: its types are what matters. */
export async function operations(db: Database, caller: Caller): Promise<void> {
  expectTypeOf(await rename(db, { id: 1, name: "Example" }, caller)).toEqualTypeOf<{ id: number }>();
  expectTypeOf(rename).toEqualTypeOf<
    Operation<{ id: number; name: string; note?: string | undefined }, { id: number }>
  >();

  // An input of which nothing is required may be left out, and so may the caller, which is the system then.
  expectTypeOf(await count(db)).toEqualTypeOf<{ companies: number }>();
  await count(db, {}, caller);
  // @ts-expect-error -- here something is required
  await rename(db);
  // @ts-expect-error -- a field is missing
  await rename(db, { id: 1 });
  // @ts-expect-error -- a field is of another type
  await rename(db, { id: "1", name: "Example" });
  // @ts-expect-error -- a field is not known
  await rename(db, { id: 1, name: "Example", domain: "example.org" });

  // A list answers what is visible of its rows; its filters are those that it was made with.
  expectTypeOf(await list(db)).toEqualTypeOf<Page<VisibleRow<typeof users>>>();
  await list(db, { status: "active", search: "ada", limit: 10 });
  // @ts-expect-error -- it was not made with this filter
  await list(db, { role: "admin" });
  expectTypeOf((await list(db)).items[0]).not.toHaveProperty("passwordHash");
}

// @ts-expect-error -- whoever changes something says what the audit log is told, or that nothing is
changing({ ...about, input, run: async (_tx, { id }) => ({ id }) });
// @ts-expect-error -- the answer is not what was declared
changing({ ...about, input, run: async () => unchanged({ name: "" }) });
// @ts-expect-error -- the role matrix has no such line
reading({ ...about, input, permission: "company:rename", run: async (_db, { id }) => ({ id }) });
// @ts-expect-error -- what only reads takes no fresh sign-in
reading({ ...about, input, fresh: true, run: async (_db, { id }) => ({ id }) });
// @ts-expect-error -- a change is of a record
changed({ id: 1 }, { action: "company_renamed", on: companies });

// A table of which nobody said how its rows belong to a company does not compile.
expectTypeOf(tenancy).toEqualTypeOf<Readonly<Record<TableName, Tenancy>>>();
