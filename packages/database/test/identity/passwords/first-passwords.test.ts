import { expect, test } from "vitest";
import { resetPassword } from "../../../src/identity/passwords/index.ts";
import { completePasswordChange } from "../../../src/identity/sign-in/complete-password-change.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { validateSession } from "../../../src/identity/sessions/index.ts";
import { makePasswordLink, setUserPassword } from "../../../src/identity/users/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const ipAddress = "192.0.2.7";
const first = "purple monkey dishwasher nine";
const own = "violet harbour wakes early";

describeOnEachEngine("A first password that an administrator chose", (context) => {
  const enter = (email: string, password = first) => signIn(context.db, { email, password, ipAddress });
  async function newcomer() {
    const { id } = await createTestUser(context.db);
    return setUserPassword(context.db, { id, password: first });
  }

  test("opens the account for three days, to choose another, and then nothing", async () => {
    const { email } = await newcomer();
    context.clock.advance({ hours: 71, minutes: 59 });
    expect(await enter(email)).toMatchObject({ status: "password-change-needed" });
    context.clock.advance({ minutes: 1 });
    expect(await enter(email)).toEqual({ status: "first-password-ended" });
    expect(await enter(email, "a wrong password")).toEqual({ status: "wrong-credentials" });
  });

  test("that was changed in time stays changed", async () => {
    const { email } = await newcomer();
    const asked = await enter(email);
    if (asked.status !== "password-change-needed") throw new Error(asked.status);
    const { challenge } = asked;
    await completePasswordChange(context.db, { challenge, newPassword: own, ipAddress });
    context.clock.advance({ days: 30 });
    expect(await enter(email, own)).toMatchObject({ status: "signed-in" });
  });

  test("attack: cannot be changed once it has ended, with the challenge of a sign-in just before", async () => {
    const { email } = await newcomer();
    context.clock.advance({ hours: 71, minutes: 55 });
    const asked = await enter(email);
    if (asked.status !== "password-change-needed") throw new Error(asked.status);
    context.clock.advance({ minutes: 6 });
    const late = { challenge: asked.challenge, newPassword: own, ipAddress };
    expect(await completePasswordChange(context.db, late)).toEqual({ status: "first-password-ended" });
  });

  test("ends as soon as the installation says, and a link is the way back", async () => {
    const strict = await context.openAnother({ accountPolicy: { firstPasswordDays: 1 } });
    const { id, email } = await newcomer();
    await setUserPassword(context.db, { id, password: "copper harbour wakes early" });
    context.clock.advance({ hours: 25 });
    const given = { email, password: "copper harbour wakes early", ipAddress };
    expect(await signIn(strict, given)).toEqual({ status: "first-password-ended" });
    expect(await signIn(context.db, given)).toMatchObject({ status: "password-change-needed" });
    const { token } = await makePasswordLink(strict, { id });
    await resetPassword(strict, { token, newPassword: own, ipAddress });
    const entered = await signIn(strict, { email, password: own, ipAddress });
    if (entered.status !== "signed-in") throw new Error(entered.status);
    expect(await validateSession(strict, entered.session.token)).not.toBeNull();
  });
});
