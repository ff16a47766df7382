import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { ConflictError, ValidationError } from "../../src/errors/index.ts";
import { requestPasswordReset } from "../../src/identity/passwords/index.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { getLoginAttempts, getSecurityEvents, logLoginAttempt } from "../../src/security/index.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { createTestUser } from "../support/people/accounts.ts";

const attemptById = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("login_attempts")
    .select(["email", "user_id", "ip_address", "user_agent", "success", "failure_reason", "attempted_at"])
    .where("id", "=", id),
);
const eventsOf = statement((sql, { email }: { email: string }) =>
  sql
    .selectFrom("security_events")
    .select(["event_type", "severity", "description", "email", "user_id", "ip_address", "user_agent"])
    .where("email", "=", email)
    .orderBy("id"),
);

async function count(context: TestContext): Promise<{ attempts: number; events: number }> {
  const attempts = await statement((sql) => sql.selectFrom("login_attempts").select("id")).all(context.db, {});
  const events = await statement((sql) => sql.selectFrom("security_events").select("id")).all(context.db, {});
  return { attempts: attempts.length, events: events.length };
}

describeOnEachEngine("logLoginAttempt", (context) => {
  test("records a failure with the event login_failed", async () => {
    const userId = (await createTestUser(context.db)).id;
    const { id } = await logLoginAttempt(context.db, {
      email: "Failed@Example.org",
      success: false,
      ipAddress: "192.0.2.1",
      userAgent: "Browser/1.0",
      failureReason: "wrong password",
      userId,
    });
    expect(await attemptById.first(context.db, { id })).toEqual({
      email: "failed@example.org",
      userId,
      ipAddress: "192.0.2.1",
      userAgent: "Browser/1.0",
      success: false,
      failureReason: "wrong password",
      attemptedAt: context.clock.now(),
    });
    expect(await eventsOf.all(context.db, { email: "failed@example.org" })).toEqual([
      {
        eventType: "login_failed",
        severity: "low",
        description: "Failed sign-in for failed@example.org: wrong password",
        email: "failed@example.org",
        userId,
        ipAddress: "192.0.2.1",
        userAgent: "Browser/1.0",
      },
    ]);
  });

  test("records a success with the event login_success", async () => {
    await logLoginAttempt(context.db, { email: "ok@example.org", success: true, ipAddress: "2001:db8::1" });
    expect(await eventsOf.all(context.db, { email: "ok@example.org" })).toMatchObject([
      { eventType: "login_success", severity: "info", userId: null, ipAddress: "2001:db8::1" },
    ]);
  });

  test("keeps neither the attempt nor the event when its transaction fails", async () => {
    const before = await count(context);
    const attempt = { email: "lost@example.org", success: false, ipAddress: "192.0.2.1" };
    const outcome = transaction(context.db, async (tx) => {
      await logLoginAttempt(tx, attempt);
      throw new Error("later failure");
    });
    await expect(outcome).rejects.toThrow("later failure");
    const missingUser = logLoginAttempt(context.db, { ...attempt, userId: 999_999 });
    await expect(missingUser).rejects.toBeInstanceOf(ConflictError);
    expect(await count(context)).toEqual(before);
  });

  test("refuses what is no IP address, and fields that it does not know", async () => {
    const attempt = { email: "a@example.org", success: false, ipAddress: "192.0.2.1" };
    await expect(logLoginAttempt(context.db, { ...attempt, ipAddress: "192.0.2.1\n" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      field: "ipAddress",
    });
    const unknownField = { ...attempt, attemptedAt: new Date() };
    await expect(logLoginAttempt(context.db, unknownField)).rejects.toBeInstanceOf(ValidationError);
  });

  test("attack: a password typed into the field of the address stands nowhere in the clear", async () => {
    const typed = ["Correct Horse Battery 9", "P@ssw0rd-of-mine", "hunter2", "x".repeat(300)];
    for (const email of typed) {
      await signIn(context.db, { email, password: "ada@example.org", ipAddress: "192.0.2.7" });
      await requestPasswordReset(context.db, { email, ipAddress: "192.0.2.7" });
    }
    const [attempts, events] = [await getLoginAttempts(context.db, {}), await getSecurityEvents(context.db, {})];
    const written = JSON.stringify([attempts.items, events.items]).toLowerCase();
    for (const text of typed) expect(written).not.toContain(text.toLowerCase());
    const found = await getLoginAttempts(context.db, { email: "HUNTER2" });
    expect(found.items.map(({ email }) => email)).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  });

  test("attack: line breaks, escape sequences and direction marks forge no line of the log", async () => {
    const { id } = await logLoginAttempt(context.db, {
      email: "forger@example.org\r\n2026-03-01 root signed in",
      success: false,
      ipAddress: "192.0.2.1",
      userAgent: "agent\u001b[2J\u202Egnp.exe\u2028next",
      failureReason: "reason\nINFO all is well\u0000",
    });
    const attempt = await attemptById.first(context.db, { id });
    expect(attempt).toMatchObject({
      email: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      userAgent: "agent[2Jgnp.exenext",
      failureReason: "reasonINFO all is well",
    });
    const [event] = await eventsOf.all(context.db, { email: attempt?.email ?? "" });
    expect(event?.description).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  });

  test.each([
    ["a megabyte", "x".repeat(1_000_000)],
    ["letters that grow when lowered", "İ".repeat(300)],
    ["letters that grow when composed", "\u0958".repeat(300)],
    ["half a surrogate pair", "\ud83d@example.org"],
    ["pairs cut in the middle", `a${"😀".repeat(300)}`],
    ["nothing", ""],
    ["only control characters", "\u0000\u0001\n"],
    ["SQL", "'; DROP TABLE users; --"],
    ["a JSON path", '{"$gt": ""}'],
    ["markup", "<script>alert(1)</script>"],
  ])("attack: garbage in place of an e-mail address is still logged: %s", async (_, garbage) => {
    const { id } = await logLoginAttempt(context.db, {
      email: garbage,
      success: false,
      ipAddress: "192.0.2.66",
      userAgent: garbage,
      failureReason: garbage,
    });
    const attempt = await attemptById.first(context.db, { id });
    expect(Array.from(attempt?.email ?? "missing").length).toBeLessThanOrEqual(255);
    expect(Array.from(attempt?.userAgent ?? "missing").length).toBeLessThanOrEqual(1024);
    expect(Array.from(attempt?.failureReason ?? "missing").length).toBeLessThanOrEqual(100);
    expect(attempt?.email).toBe(attempt?.email.toLowerCase());
  });
});
