import { expect, test } from "vitest";
import type { Handle } from "../../src/database/handle.ts";
import { statement } from "../../src/database/statement.ts";
import { atomic, transaction } from "../../src/database/transaction.ts";
import { BusyError, ConflictError, DatabaseError, TransactionError } from "../../src/errors/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const insert = statement((sql, { name, now }: { name: string; now: Date }) =>
  sql.insertInto("companies").values({ name, primary_domain: name, created_at: now, updated_at: now }).returning("id"),
);
const find = statement((sql, { name }: { name: string }) =>
  sql.selectFrom("companies").select("id").where("name", "=", name),
);
const add = (db: Handle, name: string) => insert.first(db, { name, now: db.clock.now() });
const exists = async (db: Handle, name: string) => (await find.first(db, { name })) !== null;

describeOnEachEngine("A transaction", (context) => {
  test("commits when its function returns, with the function's result", async () => {
    const result = await transaction(context.db, async (tx) => {
      await add(tx, "commits");
      return 7;
    });
    expect(result).toBe(7);
    expect(await exists(context.db, "commits")).toBe(true);
  });

  test("rolls back when its function throws, and rethrows the same error", async () => {
    const mine = new Error("mine");
    const outcome = transaction(context.db, async (tx) => {
      await add(tx, "rolled-back");
      throw mine;
    });
    await expect(outcome).rejects.toBe(mine);
    expect(await exists(context.db, "rolled-back")).toBe(false);
  });

  test("is invisible to others until it commits, and they do not wait for it", async () => {
    await transaction(context.db, async (tx) => {
      await add(tx, "invisible");
      expect(await exists(tx, "invisible")).toBe(true);
      expect(await exists(context.db, "invisible")).toBe(false);
    });
    expect(await exists(context.db, "invisible")).toBe(true);
  });

  test("within another is a savepoint: its failure leaves the outer one whole", async () => {
    await transaction(context.db, async (tx) => {
      await add(tx, "outer");
      const inner = transaction(tx, async (nested) => {
        await add(nested, "inner");
        await add(nested, "outer");
      });
      await expect(inner).rejects.toBeInstanceOf(ConflictError);
      await add(tx, "after-inner");
    });
    expect(await exists(context.db, "outer")).toBe(true);
    expect(await exists(context.db, "inner")).toBe(false);
    expect(await exists(context.db, "after-inner")).toBe(true);
  });

  test("cannot commit after a failed statement, even one whose error was swallowed", async () => {
    const outcome = transaction(context.db, async (tx) => {
      await add(tx, "swallowed");
      await add(tx, "swallowed").catch(() => undefined);
    });
    await expect(outcome).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
    expect(await exists(context.db, "swallowed")).toBe(false);
  });

  test("refuses the database handle for writes inside it, at once", async () => {
    const outcome = transaction(context.db, async () => {
      await add(context.db, "outside");
    });
    await expect(outcome).rejects.toBeInstanceOf(TransactionError);
    expect(await exists(context.db, "outside")).toBe(false);
  });

  test("cannot be used after its end", async () => {
    let leaked: Handle | undefined;
    await transaction(context.db, async (tx) => {
      leaked = tx;
      await add(tx, "leaked");
    });
    await expect(add(leaked as Handle, "too-late")).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
    expect(await exists(context.db, "too-late")).toBe(false);
  });

  test("of one handle run side by side without seeing each other", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `side-${index}`);
    await Promise.all(
      names.map((name) =>
        transaction(context.db, async (tx) => {
          await add(tx, name);
          expect(await exists(tx, name)).toBe(true);
        }),
      ),
    );
    for (const name of names) expect(await exists(context.db, name)).toBe(true);
  });

  test("wraps a function with atomic, alone and inside another transaction", async () => {
    const addTwo = atomic(async (tx, first: string, second: string) => {
      await add(tx, first);
      await add(tx, second);
    });
    await expect(addTwo(context.db, "twice", "twice")).rejects.toBeInstanceOf(ConflictError);
    expect(await exists(context.db, "twice")).toBe(false);
    await transaction(context.db, (tx) => addTwo(tx, "first-of-two", "second-of-two"));
    expect(await exists(context.db, "second-of-two")).toBe(true);
  });

  test("runs savepoints of one transaction one after the other", async () => {
    await transaction(context.db, async (tx) => {
      const outcomes = await Promise.allSettled(
        ["a", "a", "b"].map((name) => transaction(tx, (nested) => add(nested, `turn-${name}`))),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    });
    expect(await exists(context.db, "turn-b")).toBe(true);
  });

  test("of another process holds up writers only until their deadline", async () => {
    if (context.engine === "postgres") return; // Writers wait for rows there, not for the database.
    const other = await context.openAnother({ busyTimeoutMs: 50 });
    await transaction(context.db, async (tx) => {
      await add(tx, "held");
      await expect(add(other, "waiting")).rejects.toBeInstanceOf(BusyError);
      expect(await exists(other, "held")).toBe(false);
    });
    await add(other, "waiting");
    expect(await exists(context.db, "waiting")).toBe(true);
  });

  test("reports a broken reference and a broken rule by their codes", async () => {
    const orphan = transaction(context.db, (tx) =>
      tx.executor.script(`INSERT INTO password_history (user_id, password_hash, created_at) VALUES (987654, 'x',
        ${context.engine === "sqlite" ? "0" : "now()"})`),
    );
    await expect(orphan).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    await expect(add(context.db, "x".repeat(300))).rejects.toMatchObject({ code: "CONSTRAINT_VIOLATION" });
    await expect(add(context.db, "x".repeat(300))).rejects.toBeInstanceOf(DatabaseError);
  });
});
