import { expect, test } from "vitest";
import { withNotices } from "../../src/database/handle.ts";
import {
  changePassword,
  createApiKey,
  makePasswordLink,
  regenerateBackupCodes,
  resetUserTwoFactor,
  rotateApiKey,
  setUserPassword,
  signIn,
  updateOwnApiKey,
} from "../../src/identity/index.ts";
import { endMail, type QueuedMail, takeDueMail } from "../../src/mails/index.ts";
import { createTestUser, testPassword } from "../support/accounts.ts";
import { on } from "../support/callers.ts";
import { enableTwoFactor } from "../support/codes.ts";
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

  test("are none where no mail is sent, and none of what was taken back", async () => {
    const { id } = await createTestUser(context.db);
    await createApiKey(context.db, { userId: id, name: "Nightly" });
    const wrong = { currentPassword: "not the password at all", newPassword, ipAddress: "192.0.2.7" };
    await expect(changePassword(withNotices(context.db), id, wrong)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await told()).toEqual([]);
  });
});
