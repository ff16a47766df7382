import { describe, expect, test } from "vitest";
import { after, day } from "../../src/database/durations.ts";
import { withNotices } from "../../src/database/handle.ts";
import {
  changePassword,
  changeUserRole,
  createApiKey,
  demandTwoFactor,
  makePasswordLink,
  moveUserToCompany,
  regenerateBackupCodes,
  resetUserTwoFactor,
  rotateApiKey,
  setUserPassword,
  signIn,
  updateOwnApiKey,
  waiveTwoFactor,
} from "../../src/identity/index.ts";
import { endMail, type QueuedMail, queueMail, takeDueMail } from "../../src/mails/index.ts";
import { createTestCompany, createTestUser, testPassword } from "../support/people/accounts.ts";
import { on } from "../support/people/callers.ts";
import { enableTwoFactor } from "../support/people/codes.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const newPassword = "quiet harbour lantern nine";

describeOnEachEngine("Notices", (context) => {
  /** Takes every mail out of the queue, and gives what they tell and whom. */
  async function told(): Promise<[unknown, unknown, string][]> {
    const mails: QueuedMail[] = [];
    for (let mail = await takeDueMail(context.db); mail !== null; mail = await takeDueMail(context.db)) {
      mails.push(mail);
      await endMail(context.db, mail);
    }
    return mails.map(({ facts, to }) => [facts["notice"], facts["byOwner"], to]);
  }

  test("of sign-ins come for a device and a network that are both new, and no others", async () => {
    const telling = withNotices(context.db);
    const { email } = await createTestUser(telling);
    const enter = (ipAddress: string, deviceToken?: string) =>
      signIn(telling, { email, password: testPassword, ipAddress, deviceToken });
    const first = await enter("192.0.2.7");
    expect(await told()).toEqual([["new_device", true, email]]);
    await enter("192.0.2.7");
    if (first.status !== "signed-in") throw new Error(first.status);
    await enter("198.51.100.1", first.device.token);
    expect(await told()).toEqual([]);
    await enter("203.0.113.9");
    expect(await told()).toEqual([["new_device", true, email]]);
  });

  test("of what changes a credential come with it, and say whether somebody else did it", async () => {
    const telling = withNotices(context.db);
    const { id, email } = await createTestUser(telling);
    const administrator = on({ userId: (await createTestUser(telling)).id });
    await changePassword(telling, id, { currentPassword: testPassword, newPassword, ipAddress: "192.0.2.7" });
    const { keyId } = await createApiKey(telling, { userId: id, name: "Nightly", actor: { userId: id } });
    await updateOwnApiKey(telling, { id: keyId, networks: ["192.0.2.0/24"] }, on({ userId: id }));
    await rotateApiKey(telling, keyId, { actor: { userId: id } });
    await enableTwoFactor(telling, context.clock, id);
    await regenerateBackupCodes(telling, id, { actor: { userId: id } });
    await resetUserTwoFactor(telling, { id }, administrator);
    await setUserPassword(telling, { id, password: "violet meadow under seven stars" }, administrator);
    await makePasswordLink(telling, { id }, administrator);
    expect((await told()).map(([notice, byOwner]) => [notice, byOwner])).toEqual([
      ["password_changed", true],
      ["api_key_created", true],
      ["api_key_changed", true],
      ["api_key_rotated", true],
      ["2fa_enabled", expect.any(Boolean)],
      ["backup_codes_replaced", true],
      ["2fa_disabled", false],
      ["password_changed", false],
      ["password_link_shown", false],
    ]);
    expect(email).toContain("@");
  });

  describe("of a second factor that is demanded", () => {
    const demanded = (...users: { email: string }[]) => users.map(({ email }) => ["2fa_demanded", false, email]);

    test("come once for each demand, to whoever has none and was asked for none", async () => {
      const telling = withNotices(context.db);
      const { id } = await createTestCompany(telling);
      const member = (values = {}) => createTestUser(telling, { company_id: id, ...values });
      const [one, locked] = [await member(), await member({ status: "locked" })];
      await enableTwoFactor(context.db, context.clock, (await member()).id);
      await member({ status: "suspended" });
      await member({ deleted_at: context.clock.now() });
      await member({ role: "demo", expires_at: after(context.clock.now(), day) });
      await createTestUser(telling);
      await demandTwoFactor(telling, { id });
      // They come one by one, so that what somebody waits for is not behind all of them.
      expect(await told()).toEqual(demanded(one));
      context.clock.advance({ seconds: 1 });
      expect(await told()).toEqual(demanded(locked));
      await demandTwoFactor(telling, { id, graceDays: 3 });
      await waiveTwoFactor(telling, { id });
      expect(await told()).toEqual([]);
      await demandTwoFactor(telling, { id });
      context.clock.advance({ seconds: 1 });
      expect(await told()).toEqual(demanded(one, locked));
    });

    test("come to nobody who has as many mails waiting as may be", async () => {
      const telling = withNotices(context.db);
      const { id } = await createTestCompany(telling);
      const [full, free] = [
        await createTestUser(telling, { company_id: id }),
        await createTestUser(telling, { company_id: id }),
      ];
      for (let mails = 0; mails < 50; mails += 1) await queueMail(telling, { userId: full.id, kind: "other" });
      await demandTwoFactor(telling, { id });
      context.clock.advance({ seconds: 1 });
      expect((await told()).filter(([notice]) => notice !== undefined)).toEqual(demanded(free));
    });

    test("come to who is moved to such a company, or gets a role that has to have one, and not twice", async () => {
      const accountPolicy = { twoFactorRoles: ["analyst" as const], twoFactorGraceDays: 7 };
      const telling = withNotices(await context.openAnother({ accountPolicy }));
      const [{ id: companyId }, { id: other }] = [await createTestCompany(telling), await createTestCompany(telling)];
      const [user, analyst] = [await createTestUser(telling), await createTestUser(telling, { role: "analyst" })];
      for (const company of [companyId, other]) await demandTwoFactor(telling, { id: company });
      for (const { id } of [user, analyst]) await moveUserToCompany(telling, { id, companyId });
      expect(await told()).toEqual(demanded(user));
      await moveUserToCompany(telling, { id: user.id, companyId: other });
      await changeUserRole(telling, { id: user.id, role: "analyst" });
      await moveUserToCompany(telling, { id: user.id, companyId: null });
      await changeUserRole(telling, { id: user.id, role: "user" });
      expect(await told()).toEqual([]);
      await changeUserRole(telling, { id: user.id, role: "analyst" });
      expect(await told()).toEqual(demanded(user));
    });
  });

  test("are none where no mail is sent, and none of what was taken back", async () => {
    const { id } = await createTestUser(context.db);
    await createApiKey(context.db, { userId: id, name: "Nightly" });
    const wrong = { currentPassword: "not the password at all", newPassword, ipAddress: "192.0.2.7" };
    await expect(changePassword(withNotices(context.db), id, wrong)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await told()).toEqual([]);
  });
});
