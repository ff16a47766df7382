import { expect, test } from "vitest";
import { withNotices } from "../../../src/database/handle.ts";
import {
  addUser,
  changeOwnEmail,
  changeUserEmail,
  cleanupExpiredProofs,
  createSession,
  findUserByEmail,
  getUser,
  preparePasswordReset,
  reinstateUser,
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
  setUserEmail,
  signIn,
  suspendUser,
  validateSession,
  verifyEmail,
} from "../../../src/identity/index.ts";
import { endMail, takeDueMail } from "../../../src/mails/index.ts";
import { createTestCompany, createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { inCompany, on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";
const newPassword = "quiet harbour lantern nine";

describeOnEachEngine("A new e-mail address", (context) => {
  const newAddress = () => `${uniqueWord()}@example.org`;

  async function aChange() {
    const user = await createTestUser(context.db);
    const email = newAddress();
    const waiting = await changeUserEmail(context.db, { id: user.id, email: email.toUpperCase() });
    return { user, email, waiting };
  }

  async function sentMails() {
    const mails = [];
    for (let mail = await takeDueMail(context.db); mail !== null; mail = await takeDueMail(context.db)) {
      mails.push(mail);
      await endMail(context.db, mail);
    }
    return mails;
  }

  test("attack: nobody signs in or gets a link by it before it is confirmed", async () => {
    const { user, email, waiting } = await aChange();
    expect(waiting).toMatchObject({ email: user.email, emailVerified: true, pendingEmail: email });
    expect(await signIn(context.db, { email, password: testPassword, ipAddress })).toMatchObject({
      status: "wrong-credentials",
    });
    expect(await requestPasswordReset(context.db, { email, ipAddress })).toBeNull();
    expect(await findUserByEmail(context.db, email)).toBeNull();
    expect(await signIn(context.db, { email: user.email, password: testPassword, ipAddress })).toMatchObject({
      status: "signed-in",
    });
  });

  test("takes effect with its link: sessions and links of the former one end, and an event tells", async () => {
    const { user, email } = await aChange();
    const { token: session } = await createSession(context.db, { userId: user.id, ipAddress });
    const reset = await requestPasswordReset(context.db, { email: user.email, ipAddress });
    const link = await requestEmailVerification(context.db, { userId: user.id });
    expect(link.email).toBe(email);
    const changed = await verifyEmail(context.db, { token: link.token, ipAddress });
    expect(changed).toMatchObject({ email, emailVerified: true, pendingEmail: null, status: "active" });
    expect(await validateSession(context.db, session)).toBeNull();
    expect(await resetPassword(context.db, { token: reset?.token ?? "", newPassword, ipAddress })).toBeNull();
    expect(await verifyEmail(context.db, { token: link.token })).toBeNull();
    expect(await countEvents(context.db, user.id, "email_changed")).toBe(1);
    expect(await auditedActions(context.db, "users", user.id)).toEqual([
      "user_email_change_requested",
      "sessions_revoked",
      "user_email_changed",
    ]);
  });

  test("is told to both addresses, where mails are sent", async () => {
    const telling = withNotices(context.db);
    const user = await createTestUser(context.db);
    const email = newAddress();
    await sentMails();
    await changeOwnEmail(telling, { email }, on({ userId: user.id, ipAddress, userAgent: "a browser" }));
    expect(await sentMails()).toMatchObject([
      { to: user.email, facts: { notice: "email_change_requested", byOwner: true, ipAddress, userAgent: "a browser" } },
    ]);
    const { token } = await requestEmailVerification(telling, { userId: user.id });
    await verifyEmail(telling, { token });
    const told = await sentMails();
    expect(told.map(({ to, facts }) => [to, facts["notice"]])).toEqual([
      [user.email, "email_changed"],
      [email, "email_changed"],
    ]);
  });

  test("is replaced by a later one, and taken back with the present one; links to the former do nothing", async () => {
    const { user } = await aChange();
    const first = await requestEmailVerification(context.db, { userId: user.id });
    await changeUserEmail(context.db, { id: user.id, email: newAddress() });
    expect(await verifyEmail(context.db, { token: first.token })).toBeNull();
    const second = await requestEmailVerification(context.db, { userId: user.id });
    expect(await changeUserEmail(context.db, { id: user.id, email: user.email })).toMatchObject({ pendingEmail: null });
    expect(await verifyEmail(context.db, { token: second.token })).toBeNull();
    expect((await getUser(context.db, user.id))?.email).toBe(user.email);
  });

  test("is not taken from somebody who has it, or gets it first", async () => {
    const { db } = context;
    const { user, email } = await aChange();
    await expect(changeUserEmail(db, { id: user.id, email: (await createTestUser(db)).email })).rejects.toMatchObject({
      code: "CONFLICT",
      field: "email",
    });
    const { token } = await requestEmailVerification(db, { userId: user.id });
    await createTestUser(db, { email });
    await expect(verifyEmail(db, { token })).rejects.toMatchObject({ code: "CONFLICT", field: "email" });
    expect((await getUser(db, user.id))?.email).toBe(user.email);
  });

  test("attack: one in another company's domain is refused, whoever asks", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { primaryDomain } = await createTestCompany(db);
    const { id } = await createTestUser(db, { company_id: companyId });
    const email = `${uniqueWord()}@${primaryDomain}`;
    const administrator = { ...inCompany(companyId, on({ userId: id }).actor), role: "admin" as const };
    for (const change of [
      changeUserEmail(db, { id, email }, administrator),
      changeOwnEmail(db, { email }, administrator),
    ]) {
      await expect(change).rejects.toMatchObject({ code: "CONFLICT", field: "email" });
    }
  });

  test("survives a link to set a password, which confirms the present one", async () => {
    const { db } = context;
    const { id, email } = await createTestUser(db, { email_verified: false });
    const pendingEmail = newAddress();
    await changeUserEmail(db, { id, email: pendingEmail });
    const { token } = await requestEmailVerification(db, { userId: id });
    const reset = await requestPasswordReset(db, { email, ipAddress });
    await resetPassword(db, { token: reset?.token ?? "", newPassword, ipAddress });
    expect(await getUser(db, id)).toMatchObject({ email, emailVerified: true, pendingEmail });
    expect(await verifyEmail(db, { token })).toMatchObject({ email: pendingEmail });
  });

  test("is set at once by the program itself, and by nobody else", async () => {
    const { db } = context;
    const { user } = await aChange();
    const email = newAddress();
    const administrator = { ...on({ userId: (await createTestUser(db)).id }), role: "super_admin" as const };
    await expect(setUserEmail(db, { id: user.id, email }, administrator)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    expect(await setUserEmail(db, { id: user.id, email })).toMatchObject({ email, pendingEmail: null });
    expect(await countEvents(db, user.id, "email_changed")).toBe(1);
  });
});

describeOnEachEngine("An account that an administrator made", (context) => {
  test("waits for its address, a chosen password or not, also after it was suspended", async () => {
    const { db } = context;
    const email = `${uniqueWord()}@example.org`;
    const user = await addUser(db, { email, role: "user", password: testPassword });
    expect(user.status).toBe("pending_verification");
    const attempt = { email, password: testPassword, ipAddress };
    expect(await signIn(db, attempt)).toMatchObject({ status: "email-not-verified" });
    expect(await requestPasswordReset(db, { email, ipAddress })).toBeNull();
    const { token } = await requestEmailVerification(db, { userId: user.id });
    await suspendUser(db, { id: user.id });
    expect(await reinstateUser(db, { id: user.id })).toMatchObject({ status: "pending_verification" });
    expect(await verifyEmail(db, { token })).toMatchObject({ status: "active" });
    expect(await signIn(db, attempt)).toMatchObject({ status: "password-change-needed" });
  });

  test("attack: is not opened by being suspended and reinstated once its links are gone", async () => {
    const { db, clock } = context;
    const email = `${uniqueWord()}@example.org`;
    const { id } = await addUser(db, { email, role: "user" });
    await preparePasswordReset(db, { id, ipAddress });
    clock.advance({ days: 40 });
    expect((await cleanupExpiredProofs(db)).links).toBe(1);
    await suspendUser(db, { id });
    expect(await reinstateUser(db, { id })).toMatchObject({ status: "pending_verification" });
    const link = await preparePasswordReset(db, { id, ipAddress });
    expect(await resetPassword(db, { token: link?.token ?? "", newPassword, ipAddress })).toMatchObject({ userId: id });
    await suspendUser(db, { id });
    expect(await reinstateUser(db, { id })).toMatchObject({ status: "active" });
  });

  test("that nobody confirmed loses the links to a mistyped address when it gets another", async () => {
    const { db } = context;
    const { id } = await addUser(db, { email: `${uniqueWord()}@example.org`, role: "user" });
    const mistyped = await requestEmailVerification(db, { userId: id });
    const email = `${uniqueWord()}@example.org`;
    await changeUserEmail(db, { id, email });
    expect(await verifyEmail(db, { token: mistyped.token })).toBeNull();
    const { token } = await requestEmailVerification(db, { userId: id });
    expect(await verifyEmail(db, { token })).toMatchObject({ email, status: "active" });
  });
});
