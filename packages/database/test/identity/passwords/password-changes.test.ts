import { expect, test } from "vitest";
import { digestToken, generateSecureToken } from "../../../src/cryptography/index.ts";
import { fetchAll, fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { createApiKey, validateApiKey } from "../../../src/identity/api-keys/index.ts";
import { changePassword, requestPasswordReset, resetPassword } from "../../../src/identity/passwords/index.ts";
import { makePasswordLink, setUserEmail } from "../../../src/identity/index.ts";
import { createSession, validateSession } from "../../../src/identity/sessions/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import {
  alterTestUser,
  createTestCompany,
  createTestUser,
  testPassword,
  uniqueWord,
} from "../../support/people/accounts.ts";
import { enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";
const newPassword = "violet harbour wakes early";

describeOnEachEngine("Passwords", (context) => {
  const change = (userId: number, currentPassword: string, wanted: string, more: object = {}) =>
    changePassword(context.db, userId, { currentPassword, newPassword: wanted, ipAddress, ...more });
  const opens = async (email: string, password: string) =>
    (await signIn(context.db, { email, password, ipAddress })).status;
  const historyOf = (userId: number) =>
    fetchAll(context.db, context.db.sql.selectFrom("password_history").select("id").where("user_id", "=", userId));
  const linksOf = async (userId: number) => {
    const { sql } = context.db;
    const query = sql.selectFrom("password_reset_links").select("token").where("user_id", "=", userId);
    return (await fetchAll(context.db, query)).map(({ token }) => token);
  };
  const ask = async (email: string) => requestPasswordReset(context.db, { email, ipAddress });

  test("change with the current one, which then no longer works; other sessions end, and it is recorded", async () => {
    const user = await createTestUser(context.db, { must_change_password: true, failed_login_attempts: 3 });
    const mine = await createSession(context.db, { userId: user.id, ipAddress });
    const other = await createSession(context.db, { userId: user.id, ipAddress });
    await change(user.id, testPassword, newPassword, { exceptToken: mine.token });
    expect(await validateSession(context.db, mine.token)).toMatchObject({ user: { mustChangePassword: false } });
    expect(await validateSession(context.db, other.token)).toBeNull();
    expect(await opens(user.email, testPassword)).toBe("wrong-credentials");
    expect(await opens(user.email, newPassword)).toBe("signed-in");
    expect(await countEvents(context.db, user.id, "password_changed")).toBe(1);
    expect(await auditedActions(context.db, "users", user.id)).toContain("password_changed");
  });

  test("change and take the API keys along, if the user says so", async () => {
    const user = await createTestUser(context.db);
    const { key } = await createApiKey(context.db, { userId: user.id, name: "Nightly" });
    await change(user.id, testPassword, newPassword);
    expect(await validateApiKey(context.db, key)).not.toBeNull();
    await expect(change(user.id, "a wrong password", testPassword, { revokeKeys: true })).rejects.toThrow();
    expect(await validateApiKey(context.db, key)).not.toBeNull();
    await change(user.id, newPassword, "granite harbour wakes early", { revokeKeys: true });
    expect(await validateApiKey(context.db, key)).toBeNull();
    expect(await countEvents(context.db, user.id, "api_key_revoked")).toBe(1);
  });

  test("do not change with a wrong current one, or for a user who does not exist", async () => {
    const user = await createTestUser(context.db);
    const wrong = change(user.id, "a wrong password", newPassword);
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_INPUT", field: "currentPassword" });
    await expect(change(987_654, testPassword, newPassword)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await opens(user.email, testPassword)).toBe("signed-in");
    expect(await countEvents(context.db, user.id, "login_failed")).toBe(1);
  });

  test("must be good: long, hard to guess, no names, not known from a breach", async () => {
    const company = await createTestCompany(context.db, { name: "Quillberry Lantern" });
    const user = await createTestUser(context.db, { company_id: company.id });
    const isBreached = (plain: string) => Promise.resolve(plain === newPassword);
    for (const weak of ["short", "passwordpassword", "quillberry lantern 1"]) {
      await expect(change(user.id, testPassword, weak)).rejects.toMatchObject({ field: "newPassword" });
    }
    const breached = change(user.id, testPassword, newPassword, { passwordDemands: { isBreached } });
    await expect(breached).rejects.toMatchObject({ field: "newPassword" });
  });

  test("may not be the present one or one of the last, and the history keeps no more than that", async () => {
    const user = await createTestUser(context.db);
    const words = ["violet", "copper", "granite"].map((word) => `${word} harbour wakes early`);
    const options = { historyLength: 2 };
    let present = testPassword;
    for (const next of words) {
      await expect(change(user.id, present, present, options)).rejects.toMatchObject({ field: "newPassword" });
      await change(user.id, present, next, options);
      context.clock.advance({ seconds: 1 });
      present = next;
    }
    await expect(change(user.id, present, words[0] ?? "", options)).rejects.toMatchObject({ field: "newPassword" });
    await expect(change(user.id, present, words[1] ?? "", options)).rejects.toMatchObject({ field: "newPassword" });
    expect(await historyOf(user.id)).toHaveLength(2);
    await change(user.id, present, testPassword, options);
  });

  test("change once when two ask at the same time", async () => {
    const user = await createTestUser(context.db);
    const outcomes = await Promise.allSettled([
      change(user.id, testPassword, "violet harbour wakes early"),
      change(user.id, testPassword, "copper harbour wakes early"),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await historyOf(user.id)).toHaveLength(1);
  });

  test("are set anew with a mailed token, of which only the digest is stored", async () => {
    const user = await createTestUser(context.db);
    const session = await createSession(context.db, { userId: user.id, ipAddress });
    const reset = await ask(user.email.toUpperCase());
    expect(reset).toMatchObject({ userId: user.id, expiresAt: new Date(context.clock.now().getTime() + 1_800_000) });
    const stored = await fetchFirst(
      context.db,
      context.db.sql.selectFrom("password_reset_links").select("token").where("user_id", "=", user.id),
    );
    expect(stored?.token).toMatch(/^[0-9a-f]{64}$/);
    const token = reset?.token ?? "";
    expect(await resetPassword(context.db, { token, newPassword, ipAddress })).toMatchObject({ userId: user.id });
    expect(await validateSession(context.db, session.token)).toBeNull();
    expect(await opens(user.email, newPassword)).toBe("signed-in");
    expect(await countEvents(context.db, user.id, "password_changed")).toBe(1);
    expect(await resetPassword(context.db, { token, newPassword: "another quiet meadow song", ipAddress })).toBeNull();
  });

  test("attack: of many resets at once with one token exactly one counts", async () => {
    const user = await createTestUser(context.db);
    const token = (await ask(user.email))?.token ?? "";
    const words = ["violet", "copper", "granite", "walnut"];
    const outcomes = await Promise.all(
      words.map((word) => resetPassword(context.db, { token, newPassword: `${word} harbour wakes early`, ipAddress })),
    );
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
  });

  test("are set with any of several links, side by side, and its use ends the others", async () => {
    const user = await createTestUser(context.db);
    const links: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      links.push((await ask(user.email))?.token ?? "");
      context.clock.advance({ minutes: 5 });
    }
    const [first = "", second = "", third = ""] = links;
    expect(await resetPassword(context.db, { token: second, newPassword, ipAddress })).toMatchObject({
      userId: user.id,
    });
    for (const token of [first, second, third]) {
      expect(
        await resetPassword(context.db, { token, newPassword: "another quiet meadow song", ipAddress }),
      ).toBeNull();
    }
  });

  test("attack: whoever asks for somebody else's link neither takes theirs away nor has more mailed than one in five minutes", async () => {
    const user = await createTestUser(context.db);
    const mine = await ask(user.email);
    let mails = 0;
    for (let second = 0; second < 900; second += 30) {
      const link = await requestPasswordReset(context.db, {
        email: user.email,
        ipAddress: `198.51.100.${second % 200}`,
      });
      if (link !== null) mails += 1;
      context.clock.advance({ seconds: 30 });
    }
    expect(mails).toBe(2);
    expect(await resetPassword(context.db, { token: mine?.token ?? "", newPassword, ipAddress })).not.toBeNull();
  });

  test("attack: have 50 links at most; what is asked for takes the place of none that was handed over", async () => {
    const { db } = context;
    const user = await createTestUser(db);
    const now = db.clock.now();
    const link = (minutes: number) => ({
      user_id: user.id,
      token: uniqueWord(),
      created_at: new Date(now.getTime() - 600_000),
      expires_at: new Date(now.getTime() + minutes * 60_000),
    });
    const many = Array.from({ length: 49 }, (_, index) => link(index + 1));
    await runQuery(db, db.sql.insertInto("password_reset_links").values(many));
    const handed = await makePasswordLink(db, { id: user.id });
    expect(await linksOf(user.id)).toHaveLength(50);
    context.clock.advance({ minutes: 6 });
    await ask(user.email);
    const left = await linksOf(user.id);
    expect(left).toHaveLength(50);
    expect(left).toContain(digestToken(handed.token));
    expect(left).not.toContain(many[0]?.token);
  });

  test("attack: of many who ask for a link at once one gets it", async () => {
    const user = await createTestUser(context.db);
    const links = await Promise.all(Array.from({ length: 6 }, () => ask(user.email)));
    expect(links.filter((link) => link !== null)).toHaveLength(1);
  });

  test("are not set with a link that was mailed to an address which is the user's no longer", async () => {
    const user = await createTestUser(context.db);
    const link = await ask(user.email);
    await setUserEmail(context.db, { id: user.id, email: `${uniqueWord()}@example.org` });
    expect(await resetPassword(context.db, { token: link?.token ?? "", newPassword, ipAddress })).toBeNull();
  });

  test("are set with a link that an older system mailed", async () => {
    const user = await createTestUser(context.db);
    const token = generateSecureToken();
    const expires = new Date(context.clock.now().getTime() + 60_000);
    await alterTestUser(context.db, user.id, {
      password_reset_token: digestToken(token),
      password_reset_expires: expires,
    });
    expect(await resetPassword(context.db, { token, newPassword, ipAddress })).toMatchObject({ userId: user.id });
    expect(await resetPassword(context.db, { token, newPassword: "another quiet meadow song", ipAddress })).toBeNull();
  });

  test("are not set with a token that expired, was spent by a change, or is none", async () => {
    const user = await createTestUser(context.db);
    const set = (token: string | undefined) =>
      resetPassword(context.db, { token: token ?? "", newPassword, ipAddress });
    const expired = await ask(user.email);
    context.clock.advance({ minutes: 30 });
    expect(await set(expired?.token)).toBeNull();
    const spent = await ask(user.email);
    await change(user.id, testPassword, "copper harbour wakes early");
    expect(await set(spent?.token)).toBeNull();
    expect(await set("")).toBeNull();
    expect(await set("x".repeat(43))).toBeNull();
  });

  test("that the policy refuses spend no token", async () => {
    const user = await createTestUser(context.db);
    const token = (await ask(user.email))?.token ?? "";
    const weak = resetPassword(context.db, { token, newPassword: "short", ipAddress });
    await expect(weak).rejects.toMatchObject({ field: "newPassword" });
    expect(await resetPassword(context.db, { token, newPassword, ipAddress })).not.toBeNull();
  });

  test("attack: a reset skips neither the second factor nor a lock nor a suspension", async () => {
    const secured = await createTestUser(context.db);
    await enableTwoFactor(context.db, context.clock, secured.id);
    const locked = await createTestUser(context.db, { status: "locked" });
    for (const user of [secured, locked]) {
      const token = (await ask(user.email))?.token ?? "";
      expect(await resetPassword(context.db, { token, newPassword, ipAddress })).not.toBeNull();
    }
    expect(await opens(secured.email, newPassword)).toBe("second-factor-needed");
    expect(await opens(locked.email, newPassword)).toBe("locked");
    const suspended = await createTestUser(context.db, { status: "suspended" });
    expect(await ask(suspended.email)).toBeNull();
  });

  test("of an unknown address are asked for with the same trace, and no token", async () => {
    const email = `${uniqueWord()}@example.org`;
    expect(await ask(email)).toBeNull();
    const events = await fetchAll(
      context.db,
      context.db.sql.selectFrom("security_events").select(["event_type", "user_id"]).where("email", "=", email),
    );
    expect(events).toEqual([{ eventType: "password_reset_requested", userId: null }]);
  });
});
