import { expect, test } from "vitest";
import { fetchAll } from "../../src/database/statement.ts";
import { cleanupRateLimits, countHits } from "../../src/security/rate-limits.ts";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("Counting hits", (context) => {
  const windowMs = 60_000;

  test("loses none, however many count at once through however many handles", async () => {
    const handles = [context.db, await context.openAnother()];
    const counts = await Promise.all(
      Array.from({ length: 40 }, (_, index) => countHits(handles[index % 2] ?? context.db, { name: "race", windowMs })),
    );
    const numbers = counts.map(({ hits }) => hits).toSorted((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  test("begins anew when the window has ended, and not before", async () => {
    const { db, clock } = context;
    const expiresAt = new Date(clock.now().getTime() + windowMs);
    const hit = () => countHits(db, { name: "window", windowMs, hits: 3 });
    expect(await hit()).toEqual({ hits: 3, expiresAt });
    clock.advance({ milliseconds: windowMs - 1 });
    expect(await hit()).toEqual({ hits: 6, expiresAt });
    clock.advance({ milliseconds: 1 });
    expect(await hit()).toEqual({ hits: 3, expiresAt: new Date(clock.now().getTime() + windowMs) });
  });

  test("keeps each name apart, and no name readable", async () => {
    const { db } = context;
    await countHits(db, { name: "guess ada@example.org", windowMs });
    expect(await countHits(db, { name: "guess bea@example.org", windowMs })).toMatchObject({ hits: 1 });
    const rows = await fetchAll(db, db.sql.selectFrom("rate_limits").select("id"));
    expect(rows.every(({ id }) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  test("is cleaned up of windows that have ended, and of no other", async () => {
    const { db, clock } = context;
    clock.advance({ days: 1 });
    await cleanupRateLimits(db);
    await countHits(db, { name: "short", windowMs: 1000 });
    await countHits(db, { name: "long", windowMs });
    clock.advance({ seconds: 1 });
    expect(await cleanupRateLimits(db)).toEqual({ deleted: 1 });
    expect(await countHits(db, { name: "long", windowMs })).toMatchObject({ hits: 2 });
  });
});
