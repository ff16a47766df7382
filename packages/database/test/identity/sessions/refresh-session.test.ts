import { expect, test } from "vitest";
import { digestToken, generateSecureToken } from "../../../src/cryptography/index.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { createSession, refreshSession, revokeSession, validateSession } from "../../../src/identity/sessions/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { alterTestUser, createTestUser, testPassword } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";

describeOnEachEngine("Refreshing a session", (context) => {
  async function begin(hours?: number) {
    const user = await createTestUser(context.db);
    const session = await createSession(context.db, { userId: user.id, ipAddress, expiresInHours: hours });
    return { user, session };
  }
  const isValid = async (token: string) => (await validateSession(context.db, token)) !== null;

  test("replaces both tokens, again and again, and the old ones end at once", async () => {
    const { session } = await begin();
    let present = session;
    for (let round = 0; round < 3; round += 1) {
      const next = await refreshSession(context.db, present.refreshToken, { ipAddress: "2001:db8::1" });
      expect(next).toMatchObject({ sessionId: session.sessionId });
      if (next === null) return;
      expect(await isValid(present.token)).toBe(false);
      expect(await isValid(next.token)).toBe(true);
      present = next;
    }
  });

  test("attack: a refresh token used a second time ends the session and is reported", async () => {
    const { user, session } = await begin();
    const next = await refreshSession(context.db, session.refreshToken);
    const later = await refreshSession(context.db, next?.refreshToken ?? "");
    expect(await refreshSession(context.db, session.refreshToken, { ipAddress: "203.0.113.9" })).toBeNull();
    expect(await isValid(later?.token ?? "")).toBe(false);
    expect(await refreshSession(context.db, later?.refreshToken ?? "")).toBeNull();
    expect(await countEvents(context.db, user.id, "suspicious_activity")).toBe(1);
  });

  const browser = { ipAddress: "2001:db8:1:2::a", userAgent: "Example/1.0" };

  test("twice at once, as two tabs of one browser do, gives both the same tokens", async () => {
    const { user, session } = await begin();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => refreshSession(context.db, session.refreshToken, browser)),
    );
    expect(new Set(outcomes.map((outcome) => outcome?.token))).toHaveLength(1);
    expect(new Set(outcomes.map((outcome) => outcome?.refreshToken))).toHaveLength(1);
    expect(await isValid(outcomes[0]?.token ?? "")).toBe(true);
    expect(await countEvents(context.db, user.id, "suspicious_activity")).toBe(0);
  });

  test("again within seconds, when the answer was lost, gives the same answer, and the next refresh works", async () => {
    const { session } = await begin();
    const lost = await refreshSession(context.db, session.refreshToken, browser);
    context.clock.advance({ seconds: 30 });
    const again = await refreshSession(context.db, session.refreshToken, {
      ...browser,
      ipAddress: "2001:db8:1:2:5:6:7:8",
    });
    expect(again).toEqual(lost);
    expect(await refreshSession(context.db, again?.refreshToken ?? "", browser)).not.toBeNull();
  });

  test("again from another network gives the same answer to the known device alone", async () => {
    const user = await createTestUser(context.db);
    const entered = await signIn(context.db, { email: user.email, password: testPassword, ...browser });
    if (entered.status !== "signed-in") throw new Error(entered.status);
    const { refreshToken } = entered.session;
    const lost = await refreshSession(context.db, refreshToken, browser);
    const elsewhere = { ...browser, ipAddress: "203.0.113.9" };
    const withDevice = { ...elsewhere, deviceToken: entered.device.token };
    expect(await refreshSession(context.db, refreshToken, withDevice)).toEqual(lost);
    expect(await refreshSession(context.db, refreshToken, elsewhere)).toBeNull();
    expect(await isValid(lost?.token ?? "")).toBe(false);
  });

  test.each([
    ["later than seconds", {}, 31],
    ["from another network", { ipAddress: "203.0.113.9" }, 1],
    ["by another program", { userAgent: "Other/2.0" }, 1],
    ["by a program that does not name itself", { userAgent: undefined }, 1],
    [
      "with the token of a device that nobody knows",
      { ipAddress: "203.0.113.9", deviceToken: generateSecureToken() },
      1,
    ],
  ])("attack: a stolen refresh token used again %s ends the session", async (_how, thief, seconds) => {
    const { user, session } = await begin();
    const next = await refreshSession(context.db, session.refreshToken, browser);
    context.clock.advance({ seconds });
    expect(await refreshSession(context.db, session.refreshToken, { ...browser, ...thief })).toBeNull();
    expect(await isValid(next?.token ?? "")).toBe(false);
    expect(await countEvents(context.db, user.id, "suspicious_activity")).toBe(1);
  });

  test("attack: a stolen refresh token is of no use within seconds either, once its owner has gone on", async () => {
    const { session } = await begin();
    const next = await refreshSession(context.db, session.refreshToken, browser);
    const later = await refreshSession(context.db, next?.refreshToken ?? "", browser);
    expect(await refreshSession(context.db, session.refreshToken, browser)).toBeNull();
    expect(await isValid(later?.token ?? "")).toBe(false);
  });

  test("again after the session was ended gives nothing", async () => {
    const { session } = await begin();
    const next = await refreshSession(context.db, session.refreshToken, browser);
    await revokeSession(context.db, next?.token ?? "");
    expect(await refreshSession(context.db, session.refreshToken, browser)).toBeNull();
  });

  test("attack: a made-up secret behind a known family ends the session too", async () => {
    const { session } = await begin();
    expect(await refreshSession(context.db, `${session.refreshToken}.${generateSecureToken()}`)).toBeNull();
    expect(await isValid(session.token)).toBe(false);
  });

  test("attack: of many refreshes at once with one token exactly one wins, and the session ends", async () => {
    const { user, session } = await begin();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => refreshSession(context.db, session.refreshToken)),
    );
    const winners = outcomes.filter((outcome) => outcome !== null);
    expect(winners).toHaveLength(1);
    expect(await isValid(winners[0]?.token ?? "")).toBe(false);
    expect(await countEvents(context.db, user.id, "suspicious_activity")).toBe(1);
  });

  test("moves the end forward, but never beyond 30 days after sign-in", async () => {
    const { session } = await begin();
    const begun = context.clock.now().getTime();
    const day = 86_400_000;
    let present = session;
    const refresh = async () => {
      const next = await refreshSession(context.db, present.refreshToken, { idleTimeoutMinutes: 3000 });
      if (next !== null) present = next;
      return next;
    };
    for (let hours = 0; hours < 29 * 24; hours += 23) {
      context.clock.advance({ hours: 23 });
      await refresh();
    }
    expect(present.expiresAt.getTime()).toBeLessThanOrEqual(begun + 30 * day);
    context.clock.set(new Date(begun + 30 * day - 1));
    expect((await refresh())?.expiresAt).toEqual(new Date(begun + 30 * day));
    context.clock.advance({ milliseconds: 1 });
    expect(await refresh()).toBeNull();
  });

  test("never brings the end of a longer session nearer", async () => {
    const { session } = await begin(60 * 24);
    expect((await refreshSession(context.db, session.refreshToken))?.expiresAt).toEqual(session.expiresAt);
  });

  test("does not revive a session that expired, was idle for too long or was ended", async () => {
    const expired = await begin(1);
    context.clock.advance({ hours: 2 });
    expect(await refreshSession(context.db, expired.session.refreshToken)).toBeNull();
    const idle = await begin(48);
    context.clock.advance({ hours: 9 });
    expect(await refreshSession(context.db, idle.session.refreshToken)).toBeNull();
    const ended = await begin();
    await revokeSession(context.db, ended.session.token);
    expect(await refreshSession(context.db, ended.session.refreshToken)).toBeNull();
    expect(await countEvents(context.db, ended.user.id, "suspicious_activity")).toBe(0);
  });

  test("waits while the user is locked, and spends no token", async () => {
    const { user, session } = await begin();
    await alterTestUser(context.db, user.id, { status: "suspended" });
    expect(await refreshSession(context.db, session.refreshToken)).toBeNull();
    await alterTestUser(context.db, user.id, { status: "active" });
    expect(await refreshSession(context.db, session.refreshToken)).not.toBeNull();
  });

  test("works with a token of an older system, which is then spent", async () => {
    const { session } = await begin();
    const legacy = generateSecureToken(48);
    const digest = digestToken(legacy);
    await runQuery(
      context.db,
      context.db.sql
        .updateTable("sessions")
        .set({ refresh_token: digest, refresh_family: digest })
        .where("id", "=", session.sessionId),
    );
    const next = await refreshSession(context.db, legacy);
    expect(await isValid(next?.token ?? "")).toBe(true);
    expect(await refreshSession(context.db, legacy)).toBeNull();
    expect(await isValid(next?.token ?? "")).toBe(false);
  });

  test.each([
    "",
    ".",
    "a.b",
    `${"x".repeat(43)}.${"y".repeat(43)}.${"z".repeat(43)}`,
    "unknown0000000000000000000000000000000000000",
  ])("answers null to a token that is none: %s", async (token) => {
    expect(await refreshSession(context.db, token)).toBeNull();
  });
});
