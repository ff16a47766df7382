// What the types of statements and handles say. The compiler checks it (`npm run typecheck`); nothing here runs.
import { expectTypeOf } from "vitest";
import {
  fetchAll,
  fetchFirst,
  fetchPage,
  json,
  type Kysely,
  pageOrder,
  type PageParameters,
  shapedStatement,
  statement,
} from "../../src/database/index.ts";
import { type Database, forLaggingReads, type Handle, type Transaction } from "../../src/database/handle.ts";
import { transaction } from "../../src/database/transaction.ts";
import { createCompany } from "../../src/identity/index.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import type { JsonValue } from "../../src/schema/index.ts";
import type { SchemaWith } from "../../src/schema/registry.ts";
import { type ownTables, tags } from "../support/own-tables.ts";

type Db = SchemaWith<typeof ownTables>;

const named = statement((sql, { name }: { name: string }) =>
  sql.selectFrom("companies").select(["id", "primary_domain", "created_at"]).where("name", "=", name),
);
const tagged = statement((sql: Kysely<Db>, { word }: { word: string }) =>
  sql.selectFrom("tags").select(["tag_word", "tag_rank", "is_pinned", "details"]).where("tag_word", "=", word),
);

/** Never called: its types are what matters. */
export async function statements(db: Database, own: Database<Db>): Promise<void> {
  type Company = { id: number; primaryDomain: string; createdAt: Date };
  expectTypeOf(await named.all(db, { name: "" })).toEqualTypeOf<Company[]>();
  expectTypeOf(await named.first(db, { name: "" })).toEqualTypeOf<Company | null>();
  expectTypeOf(await named.one(db, { name: "" })).toEqualTypeOf<Company>();
  expectTypeOf(await named.run(db, { name: "" })).toEqualTypeOf<number>();

  // A column that is named by hand has that name, in an own table as in NERVE's.
  expectTypeOf(await tagged.one(own, { word: "" })).toEqualTypeOf<{
    tagWord: string;
    importance: number | null;
    isPinned: boolean;
    details: { colour: string; weights: JsonValue } | null;
  }>();

  // What is written for NERVE's tables runs on a database that has more, and not the other way round.
  expectTypeOf(await named.one(own, { name: "" })).toEqualTypeOf<Company>();
  await createCompany(own, { name: "", primaryDomain: "" });
  // @ts-expect-error -- this database has no tags
  await tagged.all(db, { word: "" });

  // @ts-expect-error -- a parameter is missing
  await named.all(db, {});
  // @ts-expect-error -- a parameter is of another type
  await named.all(db, { name: 1 });
  // @ts-expect-error -- there is no such table
  statement((sql) => sql.selectFrom("companie").selectAll());
  // @ts-expect-error -- there is no such column
  statement((sql) => sql.selectFrom("companies").select("domain_name"));
  // @ts-expect-error -- a JSON document has to be wrapped
  statement((sql: Kysely<Db>) => sql.updateTable("tags").set({ details: "{}" }));
  statement((sql: Kysely<Db>) => sql.updateTable("tags").set({ details: json({ colour: "red" }) }));
}

/** Never called. */
export async function handles(db: Database, own: Database<Db>): Promise<void> {
  expectTypeOf(own).toExtend<Handle>();
  expectTypeOf(forLaggingReads(own)).toEqualTypeOf<Handle<Db>>();
  await transaction(own, async (tx) => {
    expectTypeOf(tx).toEqualTypeOf<Transaction<Db>>();
    expectTypeOf(await fetchAll(tx, tx.sql.selectFrom("tag_uses").select("used_at"))).toEqualTypeOf<
      { usedAt: Date }[]
    >();
  });
  expectTypeOf(await fetchFirst(db, db.sql.selectFrom("users").select("email"))).toEqualTypeOf<{
    email: string;
  } | null>();
  expectTypeOf(await openDatabase("sqlite::memory:")).toEqualTypeOf<Database>();
  expectTypeOf(await openDatabase("sqlite::memory:", { tables: [tags] })).toEqualTypeOf<
    Database<SchemaWith<readonly [typeof tags]>>
  >();

  const order = pageOrder(tags, ["created_at", "id"], "desc");
  const list = shapedStatement((sql: Kysely<Db>, p: { companyId: number } & PageParameters) =>
    order.apply(sql.selectFrom("tags").select(["id", "created_at"]), p),
  );
  const page = await fetchPage(own, { list, order, filters: { companyId: 1 }, limit: 10 });
  expectTypeOf(page.items).toEqualTypeOf<{ id: number; createdAt: Date }[]>();
  // @ts-expect-error -- a filter is missing
  await fetchPage(own, { list, order, filters: {}, limit: 10 });
  // @ts-expect-error -- rows cannot be ordered by what may be null
  pageOrder(tags, ["expires_at"], "asc");
  // @ts-expect-error -- rows cannot be ordered by a column that is not there
  pageOrder("companies", ["id", "nothing"], "asc");
}
