import { expect, test } from "vitest";
import { completePasswordChange } from "../../../src/identity/sign-in/complete-password-change.ts";
import { completeSecondFactor } from "../../../src/identity/sign-in/complete-second-factor.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { getLoginAttempts, getSecurityEvents } from "../../../src/security/index.ts";
import { createTestUser, testPassword } from "../../support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const ipAddress = "192.0.2.7";

describeOnEachEngine("A sign-in is recorded with what was shown", (context) => {
  const enter = async (email: string, more: { password?: string; deviceToken?: string } = {}) => {
    const result = await signIn(context.db, { email, password: testPassword, ipAddress, ...more });
    return { ...result, challenge: "challenge" in result ? result.challenge : "" };
  };
  const attemptsOf = async (userId: number) =>
    (await getLoginAttempts(context.db, { userId })).items.map(({ success, factors }) => ({ success, factors }));
  const lastEventOf = async (userId: number) => (await getSecurityEvents(context.db, { userId, limit: 1 })).items[0];

  test("the password, and a device that is known", async () => {
    const { id, email } = await createTestUser(context.db);
    const first = await enter(email);
    expect(await attemptsOf(id)).toEqual([{ success: true, factors: ["password"] }]);
    const event = { description: `Sign-in of ${email} with password` };
    expect(await lastEventOf(id)).toMatchObject({ ...event, metadataJson: { factors: ["password"], provedBy: null } });
    const deviceToken = first.status === "signed-in" ? first.device.token : "";
    await enter(email, { deviceToken });
    expect(await lastEventOf(id)).toMatchObject({ metadataJson: { provedBy: expect.stringMatching(/^device \d+$/) } });
  });

  test("a code of the app, a backup code, and what had been shown when the code was wrong", async () => {
    const { id, email } = await createTestUser(context.db);
    const { secret, backupCodes } = await enableTwoFactor(context.db, context.clock, id);
    const codes = ["000000", codeAt(secret, context.clock.now()), backupCodes[0] ?? ""];
    for (const code of codes) {
      const { challenge } = await enter(email);
      await completeSecondFactor(context.db, { challenge, code, ipAddress });
    }
    expect(await attemptsOf(id)).toEqual([
      { success: true, factors: ["password", "backup-code"] },
      { success: true, factors: ["password", "totp"] },
      { success: false, factors: ["password"] },
    ]);
    expect(await lastEventOf(id)).toMatchObject({ description: `Sign-in of ${email} with password and backup-code` });
  });

  test("the same where a new password had to be chosen in between", async () => {
    const { id, email } = await createTestUser(context.db, { must_change_password: true });
    const { secret } = await enableTwoFactor(context.db, context.clock, id);
    const { challenge } = await enter(email);
    const code = codeAt(secret, context.clock.now());
    const second = await completeSecondFactor(context.db, { challenge, code, ipAddress });
    expect(second.status).toBe("password-change-needed");
    await completePasswordChange(context.db, {
      challenge: "challenge" in second ? second.challenge : "",
      newPassword: "violet harbour wakes early",
      ipAddress,
    });
    expect(await attemptsOf(id)).toEqual([{ success: true, factors: ["password", "totp"] }]);
  });

  test("nothing where the password was wrong", async () => {
    const { id, email } = await createTestUser(context.db);
    await enter(email, { password: "a wrong password" });
    expect(await attemptsOf(id)).toEqual([{ success: false, factors: null }]);
  });
});
