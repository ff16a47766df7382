import { expect, test } from "vitest";
import { transactionInGroup } from "../../src/database/in-groups.ts";
import { fetchAll, fetchFirst, runQuery } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import type { Handle } from "../../src/database/handle.ts";
import { createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("Transactions in groups", (context) => {
  const insert = (db: Handle, id: string) =>
    runQuery(db, db.sql.insertInto("rate_limits").values({ id, hits: 1, expires_at: db.clock.now() }));
  const stored = async (prefix: string) => {
    const query = context.db.sql.selectFrom("rate_limits").select("id").where("id", "like", `${prefix}%`).orderBy("id");
    return (await fetchAll(context.db, query)).map(({ id }) => id);
  };
  const commits = () =>
    context.db.connection.performance.statements().find(({ text }) => text === "COMMIT")?.count ?? 0;

  test("each returns what it did, and on SQLite a crowd costs a few commits", async () => {
    const prefix = uniqueWord();
    const before = commits();
    const numbers = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
    const results = await Promise.all(
      numbers.map((number) =>
        transactionInGroup(context.db, async (tx) => {
          await insert(tx, prefix + number);
          return number;
        }),
      ),
    );
    expect(results).toEqual(numbers);
    expect(await stored(prefix)).toEqual(numbers.map((number) => prefix + number));
    if (context.engine === "sqlite") expect(commits() - before).toBeLessThanOrEqual(7);
  });

  test("what one throws takes back its own part alone", async () => {
    const prefix = uniqueWord();
    const work = (name: string) => async (tx: Handle) => {
      await insert(tx, prefix + name);
      if (name === "b") throw new Error("no");
      if (name === "c") await insert(tx, prefix + name);
    };
    const settled = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) => transactionInGroup(context.db, work(name))),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(settled[2]).toMatchObject({ reason: { code: "CONFLICT" } });
    expect(await stored(prefix)).toEqual([`${prefix}a`, `${prefix}d`]);
  });

  test("within a transaction it is part of that", async () => {
    const prefix = uniqueWord();
    const outer = transaction(context.db, async (tx) => {
      await transactionInGroup(tx, (inner) => insert(inner, prefix));
      throw new Error("taken back");
    });
    await expect(outer).rejects.toThrow("taken back");
    expect(await stored(prefix)).toEqual([]);
  });

  test("two handles of a database lose nothing to each other", async () => {
    const { db, openAnother } = context;
    const other = await openAnother();
    const { id } = await createTestUser(db);
    const addOne = (handle: Handle) =>
      transactionInGroup(handle, (tx) =>
        runQuery(
          tx,
          tx.sql
            .updateTable("users")
            .set((set) => ({ failed_login_attempts: set("failed_login_attempts", "+", 1) }))
            .where("id", "=", id),
        ),
      );
    await Promise.all(Array.from({ length: 40 }, (_, round) => addOne(round % 2 === 0 ? db : other)));
    const query = db.sql.selectFrom("users").select("failed_login_attempts").where("id", "=", id);
    expect(await fetchFirst(db, query)).toEqual({ failedLoginAttempts: 40 });
  });

  test("on SQLite nobody is told of success when the group could not be committed", async () => {
    if (context.engine !== "sqlite") return;
    const prefix = uniqueWord();
    const honest = transactionInGroup(context.db, (tx) => insert(tx, prefix));
    const orphan = transactionInGroup(context.db, async (tx) => {
      await tx.executor.script("PRAGMA defer_foreign_keys = ON");
      const row = { user_id: 999_999_999, token: prefix, created_at: tx.clock.now(), expires_at: tx.clock.now() };
      await runQuery(tx, tx.sql.insertInto("password_reset_links").values(row));
    });
    const settled = await Promise.allSettled([honest, orphan]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await stored(prefix)).toEqual([]);
    await transactionInGroup(context.db, (tx) => insert(tx, prefix));
    expect(await stored(prefix)).toEqual([prefix]);
  });
});
