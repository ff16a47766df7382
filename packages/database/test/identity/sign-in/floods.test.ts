import { expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("A flood of guesses", (context) => {
  const guess = (email: string, ipAddress: string) =>
    signIn(context.db, { email, password: "a wrong password", ipAddress });
  const rowsOf = async (email: string) => {
    const attempts = context.db.sql
      .selectFrom("login_attempts")
      .select(["failure_reason", "network"])
      .where("email", "=", email)
      .orderBy("id");
    const events = context.db.sql.selectFrom("security_events").select("event_type").where("email", "=", email);
    return { attempts: await fetchAll(context.db, attempts), events: await fetchAll(context.db, events) };
  };
  async function lockOut(email: string) {
    for (let round = 0; round < 5; round += 1) await guess(email, "203.0.113.9");
  }

  test("attack: what is refused unseen is recorded once an hour for each network, of ten networks", async () => {
    const { email } = await createTestUser(context.db);
    await lockOut(email);
    for (let round = 0; round < 100; round += 1) {
      expect(await guess(email, `2001:db8:0:${round % 3}::${round}`)).toMatchObject({ status: "locked" });
    }
    const first = await rowsOf(email);
    expect(first.attempts.slice(5).map(({ network }) => network)).toEqual([
      "2001:db8:0:0",
      "2001:db8:0:1",
      "2001:db8:0:2",
    ]);
    // One that counts, and the one that tells of too many.
    expect(first.events).toHaveLength(2);
    for (let network = 0; network < 20; network += 1) await guess(email, `198.51.100.${network}`);
    expect((await rowsOf(email)).attempts).toHaveLength(5 + 10);
    context.clock.advance({ minutes: 61 });
    expect(await guess(email, "2001:db8::7")).toMatchObject({ status: "wrong-credentials" });
    for (let round = 0; round < 5; round += 1) await guess(email, "2001:db8::7");
    const { attempts } = await rowsOf(email);
    expect(
      attempts.slice(5 + 10 + 1).filter(({ failureReason }) => failureReason === "too many attempts"),
    ).toHaveLength(1);
  });

  test("attack: of many that come at once no more are answered than of those that come one by one", async () => {
    const { email } = await createTestUser(context.db);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, round) => guess(email, `198.51.100.${round % 4}`)),
    );
    expect(answers.filter(({ status }) => status === "wrong-credentials")).toHaveLength(5);
    const { attempts } = await rowsOf(email);
    expect(attempts.filter(({ failureReason }) => failureReason === "wrong password")).toHaveLength(5);
    expect(await signIn(context.db, { email, password: testPassword, ipAddress: "192.0.2.7" })).toMatchObject({
      status: "locked",
    });
  });

  test("leaves others their turns: on SQLite who queues for the lock holds up nobody else", async () => {
    const { db, clock } = context;
    let turns = 0;
    const count = () => void ((turns += 1), (timer = setImmediate(count)));
    let timer = setImmediate(count);
    const writes = Array.from({ length: 50 }, () =>
      runQuery(db, db.sql.insertInto("rate_limits").values({ id: uniqueWord(), hits: 1, expires_at: clock.now() })),
    );
    await Promise.all(writes);
    clearImmediate(timer);
    // On PostgreSQL many write at once, and a turn may serve several.
    expect(turns).toBeGreaterThanOrEqual(db.engine === "sqlite" ? 25 : 1);
  });
});
