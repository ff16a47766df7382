import { expect, test } from "vitest";
import { fetchAll, fetchFirst } from "../../../src/database/statement.ts";
import { completePasswordChange } from "../../../src/identity/sign-in/complete-password-change.ts";
import { completeSecondFactor } from "../../../src/identity/sign-in/complete-second-factor.ts";
import { changePassword } from "../../../src/identity/passwords/index.ts";
import { validateSession } from "../../../src/identity/sessions/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import type { SignInResult } from "../../../src/identity/sign-in/sign-in-result.ts";
import vectors from "../../fixtures/password-vectors.json" with { type: "json" };
import { alterTestUser, createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";
const newPassword = "violet harbour wakes early";

function challengeOf(result: SignInResult): string {
  return "challenge" in result ? result.challenge : "";
}

describeOnEachEngine("Sign-in", (context) => {
  const enter = (email: string, password = testPassword) => signIn(context.db, { email, password, ipAddress });
  const readUser = (id: number) =>
    fetchFirst(
      context.db,
      context.db.sql
        .selectFrom("users")
        .select(["password_hash", "failed_login_attempts", "must_change_password", "last_login_ip"])
        .where("id", "=", id),
    );

  test("lets the right password in, whatever the case of the address, and records it", async () => {
    const user = await createTestUser(context.db, { failed_login_attempts: 2 });
    const result = await enter(user.email.toUpperCase());
    expect(result).toMatchObject({ status: "signed-in", user: { id: user.id, email: user.email } });
    if (result.status !== "signed-in") return;
    expect(JSON.stringify(result.user)).not.toMatch(/argon2|passwordHash|secret/i);
    expect(await validateSession(context.db, result.session.token)).toMatchObject({ userId: user.id });
    expect(await readUser(user.id)).toMatchObject({ failedLoginAttempts: 0, lastLoginIp: ipAddress });
    expect(await countEvents(context.db, user.id, "login_success")).toBe(1);
  });

  test("refuses a wrong password, an unknown address and a deleted account with one and the same answer", async () => {
    const user = await createTestUser(context.db);
    const deleted = await createTestUser(context.db, { deleted_at: context.clock.now() });
    const answers = await Promise.all([
      enter(user.email, `${testPassword} `),
      enter(user.email, ""),
      enter(`${uniqueWord()}@example.org`),
      enter(deleted.email),
      enter("not an address"),
    ]);
    expect(answers).toEqual(answers.map(() => ({ status: "wrong-credentials" })));
    expect((await readUser(user.id))?.failedLoginAttempts).toBe(2);
    expect(await countEvents(context.db, user.id, "login_failed")).toBe(1);
  });

  test("spends the time of a password check on an unknown address, too", async () => {
    const user = await createTestUser(context.db);
    const time = async (email: string) => {
      const begun = performance.now();
      await enter(email, "a wrong password");
      return performance.now() - begun;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      known.push(await time(user.email));
      unknown.push(await time(`${uniqueWord()}@example.org`));
    }
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3);
  });

  const later = () => new Date(context.clock.now().getTime() + 3_600_000);
  test.each([
    [
      "locked for a time",
      () => ({ locked_until: later(), status: "locked" as const }),
      () => ({ status: "locked", until: later() }),
    ],
    ["locked without an end", () => ({ status: "locked" as const }), () => ({ status: "locked", until: null })],
    ["suspended", () => ({ status: "suspended" as const, locked_until: later() }), () => ({ status: "suspended" })],
    ["switched off", () => ({ is_active: false }), () => ({ status: "suspended" })],
    ["ended", () => ({ role: "demo" as const, expires_at: context.clock.now() }), () => ({ status: "suspended" })],
    ["not verified", () => ({ status: "pending_verification" as const }), () => ({ status: "email-not-verified" })],
  ])("tells only the right password that the account is %s", async (_, state, expected) => {
    const user = await createTestUser(context.db, state());
    expect(await enter(user.email, "a wrong password")).toEqual({ status: "wrong-credentials" });
    expect(await enter(user.email)).toEqual(expected());
    expect(await countEvents(context.db, user.id, "login_success")).toBe(0);
  });

  test.each(["$2b$", "pbkdf2$"])("hashes a right password anew whose hash is of the older kind %s", async (kind) => {
    const vector = vectors.vectors.find(({ hash, verifies }) => verifies && hash.startsWith(kind));
    const { hash = "", password = "" } = vector ?? {};
    const user = await createTestUser(context.db, { password_hash: hash });
    expect(await enter(user.email, "a wrong password")).toMatchObject({ status: "wrong-credentials" });
    expect((await readUser(user.id))?.passwordHash).toBe(hash);
    expect(await enter(user.email, password)).toMatchObject({ status: "signed-in" });
    expect((await readUser(user.id))?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await enter(user.email, password)).toMatchObject({ status: "signed-in" });
  });

  test("asks for the second factor, and lets in who has both", async () => {
    const user = await createTestUser(context.db);
    const { secret, backupCodes } = await enableTwoFactor(context.db, context.clock, user.id);
    const first = await enter(user.email);
    expect(first).toMatchObject({ status: "second-factor-needed" });
    expect(await countEvents(context.db, user.id, "login_success")).toBe(0);
    const challenge = challengeOf(first);
    const complete = (code: string) => completeSecondFactor(context.db, { challenge, code, ipAddress });
    expect(await complete("000000")).toEqual({ status: "wrong-credentials" });
    expect((await readUser(user.id))?.failedLoginAttempts).toBe(1);
    const code = codeAt(secret, context.clock.now());
    expect(await complete(code)).toMatchObject({ status: "signed-in", user: { id: user.id } });
    expect(await complete(code)).toEqual({ status: "wrong-credentials" });
    expect(await complete(backupCodes[0] ?? "")).toMatchObject({ status: "signed-in" });
    expect(await countEvents(context.db, user.id, "login_success")).toBe(2);
  });

  test("takes a challenge for ten minutes, unaltered, for its purpose, and while the password stays", async () => {
    const user = await createTestUser(context.db);
    const { secret } = await enableTwoFactor(context.db, context.clock, user.id);
    const challenge = challengeOf(await enter(user.email));
    const code = () => codeAt(secret, context.clock.now());
    const complete = (given: string) => completeSecondFactor(context.db, { challenge: given, code: code(), ipAddress });
    const refused = { status: "wrong-credentials" };
    expect(await complete(challenge.slice(0, -2))).toEqual(refused);
    expect(await complete("")).toEqual(refused);
    expect(await completePasswordChange(context.db, { challenge, newPassword, ipAddress })).toEqual(refused);
    await changePassword(context.db, user.id, { currentPassword: testPassword, newPassword, ipAddress });
    expect(await complete(challenge)).toEqual(refused);
    const fresh = challengeOf(await enter(user.email, newPassword));
    context.clock.advance({ minutes: 10 });
    expect(await complete(fresh)).toEqual(refused);
  });

  test("tells who has both factors, and nobody else, that the account was suspended meanwhile", async () => {
    const user = await createTestUser(context.db);
    const { secret } = await enableTwoFactor(context.db, context.clock, user.id);
    const challenge = challengeOf(await enter(user.email));
    await alterTestUser(context.db, user.id, { status: "suspended" });
    const complete = (code: string) => completeSecondFactor(context.db, { challenge, code, ipAddress });
    expect(await complete("000000")).toEqual({ status: "wrong-credentials" });
    expect(await complete(codeAt(secret, context.clock.now()))).toEqual({ status: "suspended" });
  });

  test("asks for a new password where one is needed, and the challenge sets one only", async () => {
    const user = await createTestUser(context.db, { must_change_password: true });
    const result = await enter(user.email);
    expect(result).toMatchObject({ status: "password-change-needed" });
    const challenge = challengeOf(result);
    const change = (password: string) =>
      completePasswordChange(context.db, { challenge, newPassword: password, ipAddress });
    await expect(change("short")).rejects.toMatchObject({ field: "newPassword" });
    await expect(change(testPassword)).rejects.toMatchObject({ field: "newPassword" });
    expect(await change(newPassword)).toMatchObject({ status: "signed-in", user: { mustChangePassword: false } });
    expect(await change("another quiet meadow song")).toEqual({ status: "wrong-credentials" });
    expect(await enter(user.email)).toEqual({ status: "wrong-credentials" });
    expect(await enter(user.email, newPassword)).toMatchObject({ status: "signed-in" });
  });

  test("asks for the second factor before the new password", async () => {
    const user = await createTestUser(context.db, { must_change_password: true });
    const { secret } = await enableTwoFactor(context.db, context.clock, user.id);
    const first = await enter(user.email);
    expect(first).toMatchObject({ status: "second-factor-needed" });
    const code = codeAt(secret, context.clock.now());
    const second = await completeSecondFactor(context.db, { challenge: challengeOf(first), code, ipAddress });
    expect(second).toMatchObject({ status: "password-change-needed" });
    const done = await completePasswordChange(context.db, { challenge: challengeOf(second), newPassword, ipAddress });
    expect(done).toMatchObject({ status: "signed-in" });
  });

  test("attack: two-factor sign-in switched on meanwhile is not skipped by an older challenge", async () => {
    const user = await createTestUser(context.db, { must_change_password: true });
    const challenge = challengeOf(await enter(user.email));
    await enableTwoFactor(context.db, context.clock, user.id);
    const outcome = await completePasswordChange(context.db, { challenge, newPassword, ipAddress });
    expect(outcome).toEqual({ status: "wrong-credentials" });
  });

  test("leaves no password in what it records", async () => {
    const email = `${uniqueWord()}@example.org`;
    await enter(email, "a secret typed by mistake");
    const attempts = await fetchAll(
      context.db,
      context.db.sql.selectFrom("login_attempts").select(["email", "failure_reason"]).where("email", "=", email),
    );
    expect(attempts).toEqual([{ email, failureReason: "unknown account" }]);
  });

  test.each([
    ["ipAddress", { ipAddress: "" }],
    ["expiresInHours", { expiresInHours: 0 }],
    ["lockout.failures", { lockout: { failures: 0 } }],
    ["role", { role: "super_admin" }],
  ])("refuses a fault in %s", async (field, fault) => {
    const request = { email: "ada@example.org", password: testPassword, ipAddress, ...fault };
    await expect(signIn(context.db, request)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
