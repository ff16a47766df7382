import { sql } from "kysely";
import { expect, test } from "vitest";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("the query builder of a handle", (context) => {
  const companies = () => context.db.sql.selectFrom("companies").select("id");
  const newCompany = () =>
    context.db.sql
      .insertInto("companies")
      .values({ name: "Nobody", primary_domain: "nobody.example", created_at: new Date(), updated_at: new Date() });

  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    execute: () => companies().execute(),
    executeTakeFirst: () => companies().executeTakeFirst(),
    executeTakeFirstOrThrow: () => companies().executeTakeFirstOrThrow(),
    stream: () => companies().stream().next(),
    "execute of an insert": () => newCompany().execute(),
    "executeTakeFirst of an update": () =>
      context.db.sql.updateTable("companies").set({ name: "Other" }).executeTakeFirst(),
    "execute of a deletion": () => context.db.sql.deleteFrom("companies").execute(),
    "execute of raw SQL": () => sql`select 1`.execute(context.db.sql),
    executeQuery: () => context.db.sql.executeQuery(companies().compile()),
    transaction: () => context.db.sql.transaction().execute((tx) => tx.selectFrom("companies").select("id").execute()),
    startTransaction: () => context.db.sql.startTransaction().execute(),
    connection: () => context.db.sql.connection().execute((one) => one.selectFrom("companies").select("id").execute()),
    introspection: () => context.db.sql.introspection.getTables(),
    "schema.createTable": () => context.db.sql.schema.createTable("more").addColumn("id", "integer").execute(),
  };

  test.each(Object.keys(ways))("runs nothing by %s, and says what does", async (way) => {
    await expect(ways[way]?.()).rejects.toThrow(/fetchAll.*fetchFirst.*runQuery/);
  });
});
