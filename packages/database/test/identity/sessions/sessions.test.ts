import { expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../../../src/database/statement.ts";
import {
  cleanupExpiredSessions,
  createSession,
  listUserSessions,
  revokeAllUserSessions,
  revokeSession,
  sessionLimits,
  validateSession,
} from "../../../src/identity/sessions/index.ts";
import { getUser } from "../../../src/identity/index.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";

function readSession(db: Handle, id: number) {
  return fetchFirst(
    db,
    db.sql
      .selectFrom("sessions")
      .select(["token", "refresh_token", "refresh_family", "is_active", "revoked_at", "last_activity"])
      .where("id", "=", id),
  );
}

describeOnEachEngine("Sessions", (context) => {
  async function begin(values: Parameters<typeof createTestUser>[1] = {}, hours?: number) {
    const user = await createTestUser(context.db, values);
    const session = await createSession(context.db, { userId: user.id, ipAddress, expiresInHours: hours });
    return { user, session };
  }
  const isValid = async (token: string) => (await validateSession(context.db, token)) !== null;

  test("begin with tokens of 256 random bits, of which only digests are stored", async () => {
    const { session } = await begin();
    expect(session.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(session.refreshToken).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const stored = JSON.stringify(await readSession(context.db, session.sessionId));
    expect(stored).not.toContain(session.token);
    expect(stored).not.toContain(session.refreshToken);
  });

  test("validate with their user in one answer, and record the sign-in on the user", async () => {
    const { user, session } = await begin({ full_name: "Ada Example", role: "analyst" });
    const now = context.clock.now();
    const found = await getUser(context.db, user.id);
    expect(found).toMatchObject({ email: user.email, role: "analyst", fullName: "Ada Example", deletedAt: null });
    expect(await validateSession(context.db, session.token)).toEqual({
      sessionId: session.sessionId,
      userId: user.id,
      deviceType: "web",
      createdAt: now,
      expiresAt: new Date(now.getTime() + 24 * 3_600_000),
      lastActivity: now,
      authenticatedAt: now,
      secondFactorDue: null,
      user: found,
    });
    const stored = await fetchFirst(
      context.db,
      context.db.sql.selectFrom("users").select(["last_login_at", "last_login_ip"]).where("id", "=", user.id),
    );
    expect(stored).toEqual({ lastLoginAt: now, lastLoginIp: ipAddress });
  });

  test.each(["", "x", "unknown-token-of-the-right-shape-000000000", "' OR 1=1 --", "a".repeat(5000), "ä".repeat(43)])(
    "answer null to a token that is none: %s",
    async (token) => {
      expect(await validateSession(context.db, token)).toBeNull();
      expect(await revokeSession(context.db, token)).toBe(false);
    },
  );

  test("do not validate by the digest that is stored", async () => {
    const { session } = await begin();
    const stored = await readSession(context.db, session.sessionId);
    expect(await isValid(String(stored?.token))).toBe(false);
  });

  test("end when they expire, to the millisecond", async () => {
    const { session } = await begin({}, 1);
    context.clock.advance({ minutes: 59, seconds: 59, milliseconds: 999 });
    expect(await isValid(session.token)).toBe(true);
    context.clock.advance({ milliseconds: 1 });
    expect(await isValid(session.token)).toBe(false);
  });

  test("end when nobody used them for eight hours, and live on while they are used", async () => {
    const { session } = await begin({}, 48);
    context.clock.advance({ hours: 7 });
    expect(await isValid(session.token)).toBe(true);
    context.clock.advance({ hours: 7 });
    expect(await isValid(session.token)).toBe(true);
    context.clock.advance({ hours: 8 });
    expect(await isValid(session.token)).toBe(false);
    expect(await validateSession(context.db, session.token, { idleTimeoutMinutes: 9 * 60 })).not.toBeNull();
  });

  test("write their activity at most once a minute, and not at all unless asked to", async () => {
    const { session } = await begin();
    const begun = context.clock.now();
    const lastActivity = async () => (await readSession(context.db, session.sessionId))?.lastActivity;
    context.clock.advance({ seconds: 59 });
    await validateSession(context.db, session.token);
    expect(await lastActivity()).toEqual(begun);
    context.clock.advance({ seconds: 1 });
    await validateSession(context.db, session.token, { updateActivity: false });
    expect(await lastActivity()).toEqual(begun);
    await validateSession(context.db, session.token);
    expect(await lastActivity()).toEqual(context.clock.now());
  });

  const hour = 3_600_000;
  test.each([
    [
      "is locked until later",
      () => ({ status: "locked" as const, locked_until: new Date(context.clock.now().getTime() + hour) }),
    ],
    ["is locked without an end", () => ({ status: "locked" as const })],
    ["is active but locked until later", () => ({ locked_until: new Date(context.clock.now().getTime() + hour) })],
    ["is suspended", () => ({ status: "suspended" as const })],
    ["is suspended, with a lock that ran out", () => ({ status: "suspended" as const, locked_until: new Date(0) })],
    ["is not verified", () => ({ status: "pending_verification" as const })],
    ["is deleted", () => ({ deleted_at: context.clock.now() })],
    ["is switched off", () => ({ is_active: false })],
    ["has come to the end of a demo", () => ({ role: "demo" as const, expires_at: context.clock.now() })],
  ])("neither begin nor validate for a user who %s", async (_, changes) => {
    const { user, session } = await begin();
    await alterTestUser(context.db, user.id, changes());
    expect(await isValid(session.token)).toBe(false);
    const refusal = createSession(context.db, { userId: user.id, ipAddress });
    await expect(refusal).rejects.toMatchObject({
      code: "deleted_at" in changes() ? "NOT_FOUND" : "PERMISSION_DENIED",
    });
  });

  test.each([
    ["whose lock has run out", () => ({ status: "locked" as const, locked_until: context.clock.now() })],
    [
      "whose demo still runs",
      () => ({ role: "demo" as const, expires_at: new Date(context.clock.now().getTime() + 1) }),
    ],
  ])("begin and validate for a user %s", async (_, changes) => {
    const { session } = await begin(changes());
    expect(await isValid(session.token)).toBe(true);
  });

  test("validate when an older system left their optional columns empty", async () => {
    const { session } = await begin();
    const empty = {
      device_type: null,
      user_agent: null,
      refresh_token: null,
      refresh_family: null,
      authenticated_at: null,
    };
    await runQuery(context.db, context.db.sql.updateTable("sessions").set(empty).where("id", "=", session.sessionId));
    expect(await validateSession(context.db, session.token)).toMatchObject({ deviceType: null, authenticatedAt: null });
  });

  test("do not begin for a user who does not exist", async () => {
    const unknown = createSession(context.db, { userId: 987_654, ipAddress });
    await expect(unknown).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each([
    ["userId", { userId: 0 }],
    ["ipAddress", { ipAddress: "localhost" }],
    ["expiresInHours", { expiresInHours: 0 }],
    ["expiresInHours", { expiresInHours: -1 }],
    ["expiresInHours", { expiresInHours: 90 * 24 + 1 }],
    ["expiresInHours", { expiresInHours: Number.NaN }],
    ["deviceType", { deviceType: "a".repeat(21) }],
    ["userAgent", { userAgent: "line\nbreak" }],
    ["isAdmin", { isAdmin: true }],
  ])("are refused with a fault in %s: %o", async (field, fault) => {
    const user = await createTestUser(context.db);
    const request = { userId: user.id, ipAddress, ...fault };
    await expect(createSession(context.db, request)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("end with the first moment kept, one event and one audit row, however often they are ended", async () => {
    const { user, session } = await begin();
    const ended = context.clock.now();
    expect(await revokeSession(context.db, session.token)).toBe(true);
    expect(await isValid(session.token)).toBe(false);
    context.clock.advance({ minutes: 1 });
    expect(await revokeSession(context.db, session.token)).toBe(true);
    expect(await readSession(context.db, session.sessionId)).toMatchObject({ isActive: false, revokedAt: ended });
    expect(await countEvents(context.db, user.id, "session_revoked")).toBe(1);
    const rows = await fetchAll(
      context.db,
      context.db.sql
        .selectFrom("audit_logs")
        .select("id")
        .where("resource_id", "=", session.sessionId)
        .where("action", "=", "session_revoked"),
    );
    expect(rows).toHaveLength(1);
  });

  test("of somebody else are left alone, and user 0 is no way around that", async () => {
    const { user, session } = await begin();
    const other = await createTestUser(context.db);
    const { sessionId } = session;
    expect(await revokeSession(context.db, { sessionId, userId: other.id })).toBe(false);
    await expect(revokeSession(context.db, { sessionId, userId: 0 })).rejects.toMatchObject({ field: "userId" });
    expect(await isValid(session.token)).toBe(true);
    expect(await revokeSession(context.db, { sessionId, userId: user.id })).toBe(true);
    expect(await isValid(session.token)).toBe(false);
  });

  test("of one user end all at once, but for the one that asks", async () => {
    const { user, session } = await begin();
    const other = await createSession(context.db, { userId: user.id, ipAddress });
    const somebody = await begin();
    await createSession(context.db, { userId: user.id, ipAddress });
    expect(await revokeAllUserSessions(context.db, user.id, { exceptToken: session.token })).toBe(2);
    expect(await revokeAllUserSessions(context.db, user.id, { exceptToken: session.token })).toBe(0);
    expect(await isValid(session.token)).toBe(true);
    expect(await isValid(other.token)).toBe(false);
    expect(await isValid(somebody.session.token)).toBe(true);
    expect(await countEvents(context.db, user.id, "session_revoked")).toBe(1);
    await expect(revokeAllUserSessions(context.db, 0)).rejects.toMatchObject({ field: "userId" });
  });

  test("are at most 50 for one user: one more ends the oldest, also when they begin side by side", async () => {
    const { user, session } = await begin();
    context.clock.advance({ seconds: 1 });
    const requests = Array.from({ length: sessionLimits.perUser + 4 }, () =>
      createSession(context.db, { userId: user.id, ipAddress }),
    );
    await Promise.all(requests);
    expect(await isValid(session.token)).toBe(false);
    const { items } = await listUserSessions(context.db, user.id);
    expect(items).toHaveLength(sessionLimits.perUser);
  });

  test("are listed to their user newest first, page by page, live ones only and without tokens", async () => {
    const { user, session } = await begin();
    context.clock.advance({ minutes: 1 });
    const second = await createSession(context.db, { userId: user.id, ipAddress, deviceName: "Laptop" });
    const ended = await createSession(context.db, { userId: user.id, ipAddress });
    await revokeSession(context.db, ended.token);
    const first = await listUserSessions(context.db, user.id, { limit: 1 });
    expect(first.items).toMatchObject([{ id: second.sessionId, deviceName: "Laptop", ipAddress }]);
    expect(Object.keys(first.items[0] ?? {}).filter((name) => /token|family/i.test(name))).toEqual([]);
    const rest = await listUserSessions(context.db, user.id, { limit: 1, cursor: first.nextCursor ?? "" });
    expect(rest.items.map(({ id }) => id)).toEqual([session.sessionId]);
    expect(rest.nextCursor).toBeNull();
  });

  test("that expired are deactivated, and deleted once they are no longer kept", async () => {
    const { session } = await begin({}, 1);
    const { session: living } = await begin({}, 24 * 90);
    context.clock.advance({ hours: 2 });
    expect((await cleanupExpiredSessions(context.db)).deactivated).toBeGreaterThanOrEqual(1);
    expect(await readSession(context.db, session.sessionId)).toMatchObject({ isActive: false, revokedAt: null });
    expect((await cleanupExpiredSessions(context.db)).deactivated).toBe(0);
    context.clock.advance({ days: 30 });
    expect((await cleanupExpiredSessions(context.db)).deleted).toBeGreaterThanOrEqual(1);
    expect(await readSession(context.db, session.sessionId)).toBeNull();
    expect(await readSession(context.db, living.sessionId)).toMatchObject({ isActive: true });
    await expect(cleanupExpiredSessions(context.db, { retentionDays: -1 })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("cannot be checked on a closed database, which is an error and not a missing session", async () => {
    const { session } = await begin();
    const other = await context.openAnother();
    await other.close();
    await expect(validateSession(other, session.token)).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("stay valid while another process holds the lock for writing", async () => {
    if (context.engine === "postgres") return; // Writers wait for rows there, not for the database.
    const { session } = await begin();
    const other = await context.openAnother({ busyTimeoutMs: 30 });
    context.clock.advance({ minutes: 2 });
    await context.db.executor.transaction(async (tx) => {
      await tx.script("UPDATE companies SET name = name");
      expect(await validateSession(other, session.token)).not.toBeNull();
      await expect(createSession(other, { userId: 1, ipAddress })).rejects.toMatchObject({ code: "BUSY" });
    });
  });
});
