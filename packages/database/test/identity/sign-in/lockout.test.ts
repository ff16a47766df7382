import { expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { completeSecondFactor } from "../../../src/identity/sign-in/complete-second-factor.ts";
import { changePassword, requestPasswordReset, resetPassword } from "../../../src/identity/passwords/index.ts";
import { validateSession } from "../../../src/identity/sessions/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const home = "192.0.2.7";
const elsewhere = "203.0.113.9";
const newPassword = "violet harbour wakes early";

describeOnEachEngine("Too many failed sign-ins", (context) => {
  const enter = (email: string, password: string, ipAddress = elsewhere) =>
    signIn(context.db, { email, password, ipAddress });
  async function failTimes(times: number, email: string, ipAddress = elsewhere) {
    const statuses: string[] = [];
    for (let round = 0; round < times; round += 1) {
      statuses.push((await enter(email, "a wrong password", ipAddress)).status);
    }
    return statuses;
  }
  const minutesFromNow = (minutes: number) => new Date(context.clock.now().getTime() + minutes * 60_000);

  test("refuse even the right password for two minutes, and then no longer", async () => {
    const user = await createTestUser(context.db);
    expect(await failTimes(5, user.email)).toEqual(Array.from({ length: 5 }, () => "wrong-credentials"));
    expect(await enter(user.email, testPassword)).toEqual({ status: "locked", until: minutesFromNow(2) });
    context.clock.advance({ minutes: 1, seconds: 59 });
    expect(await enter(user.email, testPassword)).toMatchObject({ status: "locked" });
    context.clock.advance({ seconds: 1 });
    expect(await enter(user.email, testPassword)).toMatchObject({ status: "signed-in" });
  });

  test("refuse for twice as long after each further one, up to half an hour", async () => {
    const user = await createTestUser(context.db);
    await failTimes(5, user.email);
    const delays: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const answer = await enter(user.email, "a wrong password");
      if (answer.status !== "locked" || answer.until === null) continue;
      const minutes = (answer.until.getTime() - context.clock.now().getTime()) / 60_000;
      delays.push(minutes);
      context.clock.advance({ minutes });
    }
    expect(delays.slice(0, 4)).toEqual([2, 4, 8, 16]);
    expect(Math.max(...delays)).toBe(30);
  });

  test("attack: whoever guesses all day long gets no more guesses than five in half an hour", async () => {
    const { email } = await createTestUser(context.db);
    const begun = context.clock.now().getTime();
    let answered = 0;
    for (let hours = 0; hours < 4; hours = (context.clock.now().getTime() - begun) / 3_600_000) {
      const answer = await enter(email, "a wrong password", `203.0.113.${answered % 200}`);
      if (answer.status === "locked" && answer.until !== null) context.clock.set(answer.until);
      else answered += 1;
    }
    // In the first half hour the delays are still short.
    expect(answered).toBeLessThanOrEqual(8 * 5 + 5);
    expect(answered).toBeGreaterThan(20);
  });

  test("get the same answers for an address that nobody has", async () => {
    const user = await createTestUser(context.db);
    const nobody = `${uniqueWord()}@example.org`;
    expect(await failTimes(8, nobody.toUpperCase())).toEqual(await failTimes(8, user.email));
    expect(await enter(nobody, testPassword)).toEqual(await enter(user.email, testPassword));
  });

  test("must lie within a quarter of an hour", async () => {
    const user = await createTestUser(context.db);
    for (let round = 0; round < 7; round += 1) {
      expect(await failTimes(1, user.email)).toEqual(["wrong-credentials"]);
      context.clock.advance({ minutes: 4 });
    }
    expect(await enter(user.email, testPassword)).toMatchObject({ status: "signed-in" });
  });

  test("end with a success from the same address", async () => {
    const user = await createTestUser(context.db);
    await failTimes(4, user.email);
    expect(await enter(user.email, testPassword)).toMatchObject({ status: "signed-in" });
    expect(await failTimes(4, user.email)).not.toContain("locked");
    expect(await enter(user.email, testPassword)).toMatchObject({ status: "signed-in" });
  });

  test("can be set to other numbers", async () => {
    const user = await createTestUser(context.db);
    const lockout = { failures: 2, windowMinutes: 1, firstLockMinutes: 9, lockMinutes: 3 };
    const wrong = { email: user.email, password: "wrong", ipAddress: home, lockout };
    await signIn(context.db, wrong);
    await signIn(context.db, wrong);
    expect(await signIn(context.db, wrong)).toEqual({ status: "locked", until: minutesFromNow(3) });
  });

  test("are as many as the account policy says", async () => {
    const policy = { lockoutFailures: 3, lockoutWindowMinutes: 60, firstLockoutMinutes: 7, longestLockoutMinutes: 8 };
    const db = await context.openAnother({ accountPolicy: policy });
    const { email } = await createTestUser(db);
    const guess = () => signIn(db, { email, password: "wrong", ipAddress: home });
    for (let round = 0; round < 3; round += 1) expect(await guess()).toEqual({ status: "wrong-credentials" });
    expect(await guess()).toEqual({ status: "locked", until: minutesFromNow(7) });
    context.clock.advance({ minutes: 7 });
    expect(await guess()).toEqual({ status: "wrong-credentials" });
    expect(await guess()).toEqual({ status: "locked", until: minutesFromNow(8) });
  });

  test("attack: a flood from elsewhere neither ends a session nor keeps its user out at home", async () => {
    const user = await createTestUser(context.db);
    const result = await enter(user.email, testPassword, home);
    await failTimes(12, user.email);
    expect(result.status === "signed-in" && (await validateSession(context.db, result.session.token))).toBeTruthy();
    expect(await enter(user.email, testPassword, "198.51.100.4")).toMatchObject({ status: "locked" });
    expect(await enter(user.email, testPassword, home)).toMatchObject({ status: "signed-in" });
  });

  test("attack: guesses from many addresses count together, and refused ones do not prolong the time", async () => {
    const user = await createTestUser(context.db);
    for (let host = 1; host <= 5; host += 1) await failTimes(1, user.email, `203.0.113.${host}`);
    const first = await enter(user.email, "a wrong password", "203.0.113.6");
    context.clock.advance({ seconds: 40 });
    await failTimes(20, user.email);
    expect(await enter(user.email, testPassword)).toEqual(first);
  });

  test("attack: of many guesses at once no more are answered than of those that come one by one", async () => {
    const user = await createTestUser(context.db);
    for (const email of [user.email, `${uniqueWord()}@example.org`]) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => enter(email, "a wrong password")));
      expect(answers.filter(({ status }) => status === "wrong-credentials")).toHaveLength(5);
      expect(answers.filter(({ status }) => status === "locked")).toHaveLength(15);
    }
    const counted = await fetchAll(
      context.db,
      context.db.sql.selectFrom("users").select("failed_login_attempts").where("id", "=", user.id),
    );
    expect(counted).toEqual([{ failedLoginAttempts: 5 }]);
  });

  test("attack: guessing the second factor counts as well", async () => {
    const user = await createTestUser(context.db);
    const { secret } = await enableTwoFactor(context.db, context.clock, user.id);
    const first = await enter(user.email, testPassword);
    const challenge = first.status === "second-factor-needed" ? first.challenge : "";
    const guess = (code: string) => completeSecondFactor(context.db, { challenge, code, ipAddress: elsewhere });
    for (let round = 0; round < 5; round += 1) {
      expect(await guess("000000")).toEqual({ status: "wrong-credentials" });
    }
    expect(await guess(codeAt(secret, context.clock.now()))).toMatchObject({ status: "locked" });
  });

  test("attack: guessing the current password in a stolen session counts as well", async () => {
    const user = await createTestUser(context.db);
    const guess = (currentPassword: string) =>
      changePassword(context.db, user.id, { currentPassword, newPassword, ipAddress: elsewhere });
    for (let round = 0; round < 5; round += 1) {
      await expect(guess("a wrong password")).rejects.toMatchObject({ field: "currentPassword" });
    }
    await expect(guess(testPassword)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  test("against the old password are forgotten with a new one", async () => {
    const user = await createTestUser(context.db);
    await failTimes(6, user.email);
    context.clock.advance({ minutes: 1 });
    const reset = await requestPasswordReset(context.db, { email: user.email, ipAddress: home });
    await resetPassword(context.db, { token: reset?.token ?? "", newPassword, ipAddress: home });
    expect(await enter(user.email, newPassword)).toMatchObject({ status: "signed-in" });
  });

  test("are reported once as brute force", async () => {
    const email = `${uniqueWord()}@example.org`;
    await failTimes(9, email);
    const events = await fetchAll(
      context.db,
      context.db.sql
        .selectFrom("security_events")
        .select("severity")
        .where("email", "=", email)
        .where("event_type", "=", "brute_force_detected"),
    );
    expect(events).toEqual([{ severity: "high" }]);
  });
});
