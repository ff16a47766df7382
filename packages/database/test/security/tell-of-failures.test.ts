import { expect, test, vi } from "vitest";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { acknowledgeSecurityEvent, getSecurityEvents } from "../../src/security/index.ts";
import { flushFailures } from "../../src/security/tell-of-failures.ts";
import { fetchAll } from "../../src/database/statement.ts";
import { createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import type { Handle } from "../../src/database/handle.ts";

describeOnEachEngine("Failed sign-ins in the security log", (context) => {
  const guess = (email: string, ipAddress: string, db: Handle = context.db) =>
    signIn(db, { email, password: "a wrong password", ipAddress });
  const newEmail = () => `${uniqueWord()}@example.org`;
  async function eventsOf(email: string) {
    const { items } = await getSecurityEvents(context.db, { eventType: "login_failed" });
    return items.filter((event) => event.email === email);
  }
  const countAll = async () =>
    (await fetchAll(context.db, context.db.sql.selectFrom("security_events").select("id"))).length;

  test("the first is told at once, and those of the same hour make one event that counts", async () => {
    const { id, email } = await createTestUser(context.db);
    await guess(email, "192.0.2.1");
    const [first] = await eventsOf(email);
    expect(first).toMatchObject({
      userId: id,
      ipAddress: "192.0.2.1",
      severity: "low",
      description: `Failed sign-in for ${email}: wrong password`,
    });
    for (let round = 0; round < 11; round += 1) await guess(email.toUpperCase(), "198.51.100.7");
    expect(await eventsOf(email)).toEqual([first]);
    await flushFailures(context.db);
    expect(await eventsOf(email)).toMatchObject([
      {
        id: first?.id,
        severity: "medium",
        description: `12 failed sign-ins for ${email}: wrong password, too many attempts`,
        metadataJson: {
          count: 12,
          reasons: { "wrong password": 5, "too many attempts": 7 },
          networks: { "192.0.2.1": 1, "198.51.100.7": 11 },
        },
      },
    ]);
    context.clock.advance({ hours: 1 });
    await guess(email, "192.0.2.1");
    expect(await eventsOf(email)).toHaveLength(2);
  });

  test("one who acknowledged the event is told of what comes after by another", async () => {
    const email = newEmail();
    for (let round = 0; round < 2; round += 1) await guess(email, "192.0.2.2");
    const [seen] = await eventsOf(email);
    await acknowledgeSecurityEvent(context.db, { id: seen?.id ?? 0 });
    await flushFailures(context.db);
    expect(await eventsOf(email)).toMatchObject([{ metadataJson: { count: 2 } }, { metadataJson: { count: 1 } }]);
  });

  test("attack: a flood for ever new addresses adds an event for the first ten and one for all further ones", async () => {
    const [before, ipAddress] = [await countAll(), "203.0.113.77"];
    const victim = await createTestUser(context.db);
    const addresses = [...Array.from({ length: 12 }, newEmail), victim.email];
    for (const email of addresses) await guess(email, ipAddress);
    await flushFailures(context.db);
    // And one that tells of brute force from there.
    expect((await countAll()) - before).toBe(10 + 1 + 1);
    const { items } = await getSecurityEvents(context.db, { eventType: "login_failed", limit: 1 });
    expect(items).toMatchObject([
      {
        email: null,
        userId: null,
        description: `3 failed sign-ins for many addresses from the network of ${ipAddress}: unknown account, wrong password`,
        metadataJson: { count: 3, addresses: 3 },
      },
    ]);
  });

  test("attack: whether a failure is written at once does not tell whether there is an account", async () => {
    const ipAddress = "203.0.113.78";
    const written: number[] = [];
    for (const email of [newEmail(), (await createTestUser(context.db)).email, newEmail()]) {
      const before = await countAll();
      await guess(email, ipAddress);
      written.push((await countAll()) - before);
    }
    expect(written).toEqual([1, 1, 1]);
  });

  test("what comes at once is told by one event, of every failure", async () => {
    const email = newEmail();
    await Promise.all(Array.from({ length: 8 }, () => guess(email, "192.0.2.4")));
    await flushFailures(context.db);
    expect(await eventsOf(email)).toMatchObject([{ metadataJson: { count: 8 } }]);
  });

  test("a count is behind by ten seconds at most", async () => {
    const email = newEmail();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    for (let round = 0; round < 2; round += 1) await guess(email, "192.0.2.8");
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await eventsOf(email)).toMatchObject([{ metadataJson: { count: 2 } }]));
  });

  test("a database that is closed in good order loses none", async () => {
    const [email, other] = [newEmail(), await context.openAnother()];
    for (let round = 0; round < 3; round += 1) await guess(email, "192.0.2.5", other);
    await Promise.all([other.close(), other.close()]);
    expect(await eventsOf(email)).toMatchObject([{ metadataJson: { count: 3 } }]);
  });

  test("an account that was purged meanwhile keeps no other count from the log", async () => {
    const [gone, stays] = [await createTestUser(context.db), newEmail()];
    for (const email of [gone.email, stays]) for (let n = 0; n < 2; n += 1) await guess(email, "192.0.2.6");
    const { sql } = context.db;
    await fetchAll(context.db, sql.deleteFrom("security_events").where("user_id", "=", gone.id).returning("id"));
    await fetchAll(context.db, sql.deleteFrom("users").where("id", "=", gone.id).returning("id"));
    await flushFailures(context.db);
    expect(await eventsOf(gone.email)).toEqual([]);
    expect(await eventsOf(stays)).toMatchObject([{ metadataJson: { count: 2 } }]);
  });
});
