import { expect, test } from "vitest";
import { digestToken, generateSecureToken } from "../../src/cryptography/index.ts";
import { runQuery } from "../../src/database/statement.ts";
import { createSession, refreshSession, revokeSession, validateSession } from "../../src/identity/sessions/index.ts";
import { alterTestUser, createTestUser } from "../support/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { countEvents } from "../support/events.ts";

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
