import { expect, test } from "vitest";
import { digestToken, generateSecureToken } from "../../../src/cryptography/index.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { changePassword, requestPasswordReset, resetPassword } from "../../../src/identity/passwords/index.ts";
import { signIn, type SignInRequest } from "../../../src/identity/sign-in/sign-in.ts";
import { reinstateUser, suspendUser } from "../../../src/identity/index.ts";
import { createTestUser, testPassword } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const home = "2001:db8:1:2::a";
const newPassword = "violet harbour wakes early";

describeOnEachEngine("What others guess elsewhere", (context) => {
  const enter = (request: Partial<SignInRequest> & { email: string }) =>
    signIn(context.db, { password: testPassword, ipAddress: home, ...request });
  async function signInWithDevice(email: string, ipAddress = home) {
    const result = await enter({ email, ipAddress });
    if (result.status !== "signed-in") throw new Error(result.status);
    return { deviceToken: result.device.token, sessionToken: result.session.token };
  }
  /** Guesses from one network after the other, as long as there are answers. */
  async function flood(email: string, guesses = 12) {
    for (let host = 0; host < guesses; host += 1) {
      await enter({ email, password: "a wrong password", ipAddress: `198.51.100.${host}` });
    }
  }

  test("attack: does not keep anybody out of a network of 64 bits that they signed in from", async () => {
    const { email } = await createTestUser(context.db);
    await enter({ email });
    await flood(email);
    expect(await enter({ email, ipAddress: "2001:db8:1:3::a" })).toMatchObject({ status: "locked" });
    expect(await enter({ email, ipAddress: "2001:db8:1:2:5:6:7:8" })).toMatchObject({ status: "signed-in" });
  });

  test("attack: does not keep anybody out on a device that they signed in on, wherever it is now", async () => {
    const { email } = await createTestUser(context.db);
    const { deviceToken } = await signInWithDevice(email);
    await flood(email);
    expect(await enter({ email, ipAddress: "203.0.113.9" })).toMatchObject({ status: "locked" });
    expect(await enter({ email, ipAddress: "203.0.113.9", deviceToken })).toMatchObject({
      status: "signed-in",
      device: { token: deviceToken },
    });
  });

  test("attack: does not keep the user of a session from proving who they are again, or from a new password", async () => {
    const user = await createTestUser(context.db);
    const { sessionToken } = await signInWithDevice(user.email);
    await flood(user.email);
    const elsewhere = { ipAddress: "203.0.113.9" };
    expect(await enter({ email: user.email, ...elsewhere, sessionToken })).toMatchObject({ status: "signed-in" });
    await changePassword(context.db, user.id, {
      currentPassword: testPassword,
      newPassword,
      exceptToken: sessionToken,
      ...elsewhere,
    });
  });

  test("attack: does not keep anybody out who reads their mail, though they never signed in before", async () => {
    const { email } = await createTestUser(context.db);
    await flood(email);
    const link = await requestPasswordReset(context.db, { email, ipAddress: "203.0.113.9" });
    const reset = await resetPassword(context.db, {
      token: link?.token ?? "",
      newPassword,
      ipAddress: "203.0.113.9",
    });
    await flood(email);
    const request = { email, password: newPassword, ipAddress: "203.0.113.77" };
    expect(await enter(request)).toMatchObject({ status: "locked" });
    expect(await enter({ ...request, deviceToken: reset?.device.token })).toMatchObject({ status: "signed-in" });
  });

  test("attack: is not spared for a device of somebody else, one that was made up, or one that is too old", async () => {
    const { email } = await createTestUser(context.db);
    const mallory = await createTestUser(context.db);
    const { deviceToken: other } = await signInWithDevice(mallory.email, "203.0.113.1");
    const { deviceToken: own } = await signInWithDevice(email);
    await flood(email);
    for (const deviceToken of [other, generateSecureToken(), "none", "' OR 1 = 1 --"]) {
      expect(await enter({ email, ipAddress: "203.0.113.9", deviceToken })).toMatchObject({ status: "locked" });
    }
    context.clock.advance({ days: 181 });
    await flood(email);
    const late = { email, ipAddress: "203.0.113.9", deviceToken: own };
    expect(await enter(late)).toMatchObject({ status: "locked" });
  });

  test("attack: a stolen token of a device lets nobody in, and gets five guesses of its own", async () => {
    const { email } = await createTestUser(context.db);
    const { deviceToken } = await signInWithDevice(email);
    const statuses: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const guess = { email, password: "a wrong password", ipAddress: `203.0.113.${round}`, deviceToken };
      statuses.push((await enter(guess)).status);
    }
    expect(statuses.filter((status) => status === "wrong-credentials")).toHaveLength(5);
    expect(statuses.slice(5)).toEqual(["locked", "locked", "locked"]);
  });

  test("is forgotten when a suspended user is reinstated", async () => {
    const { id, email } = await createTestUser(context.db);
    await suspendUser(context.db, { id });
    await flood(email);
    expect(await reinstateUser(context.db, { id })).toMatchObject({ signInRefusedUntil: null });
    expect(await enter({ email, ipAddress: "203.0.113.9" })).toMatchObject({ status: "signed-in" });
  });

  test("counts no longer than it may when a clock was ahead", async () => {
    const { email } = await createTestUser(context.db);
    const now = context.clock.now();
    context.clock.advance({ days: 400 });
    await flood(email);
    context.clock.set(now);
    expect(await enter({ email, ipAddress: "203.0.113.9" })).toMatchObject({ status: "signed-in" });
  });

  test("leaves only digests of devices, fifty for a user", async () => {
    const { id, email } = await createTestUser(context.db);
    const first = await signInWithDevice(email);
    for (let round = 0; round < 50; round += 1) {
      context.clock.advance({ seconds: 1 });
      await signInWithDevice(email);
    }
    const devices = await fetchAll(
      context.db,
      context.db.sql.selectFrom("known_devices").select("token").where("user_id", "=", id),
    );
    expect(devices).toHaveLength(50);
    expect(devices).not.toContainEqual({ token: digestToken(first.deviceToken) });
    for (const { token } of devices) expect(token).toMatch(/^[0-9a-f]{64}$/);
  });
});
