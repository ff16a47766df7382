import { expect, test } from "vitest";
import { after, day } from "../../src/database/durations.ts";
import { createApiKey, validateApiKey } from "../../src/identity/api-keys/index.ts";
import { demandTwoFactor, getCompany, waiveTwoFactor } from "../../src/identity/companies/index.ts";
import { createSession, validateSession } from "../../src/identity/sessions/index.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { moveUserToCompany } from "../../src/identity/users/index.ts";
import type { Handle } from "../../src/database/handle.ts";
import type { UserRole } from "../../src/schema/core.ts";
import { createTestCompany, createTestUser, testPassword } from "../support/accounts.ts";
import { inCompany, on } from "../support/callers.ts";
import { enableTwoFactor } from "../support/codes.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { auditedActions } from "../support/events.ts";

const ipAddress = "192.0.2.7";

describeOnEachEngine("A second factor that a company demands", (context) => {
  const inDays = (days: number) => after(context.clock.now(), days * day);
  const company = async () => (await createTestCompany(context.db)).id;
  const member = (companyId: number | null, values: { role?: UserRole; created_at?: Date; expires_at?: Date } = {}) =>
    createTestUser(context.db, { company_id: companyId, ...values });

  /** By when a session says that a second factor has to be there, on a database with its own settings. */
  async function dueOf({ id }: { id: number }, db: Handle = context.db): Promise<Date | null> {
    const { token } = await createSession(context.db, { userId: id, ipAddress });
    const session = await validateSession(db, token, { forEnrolment: true });
    expect(session?.userId).toBe(id);
    return session?.secondFactorDue ?? null;
  }

  /** Whether a session and a key of somebody open anything beside the set-up. */
  async function opens({ id }: { id: number }): Promise<[boolean, boolean]> {
    const { token } = await createSession(context.db, { userId: id, ipAddress });
    const { key } = await createApiKey(context.db, { userId: id, name: "Nightly" });
    return [(await validateSession(context.db, token)) !== null, (await validateApiKey(context.db, key)) !== null];
  }

  test("has to be there after the days of grace, and concerns that company alone", async () => {
    const [here, there] = [await company(), await company()];
    const [user, stranger, nobodys] = [await member(here), await member(there), await member(null)];
    const due = inDays(14);
    const demanding = await demandTwoFactor(context.db, { id: here, graceDays: 14 });
    expect(demanding).toMatchObject({ twoFactorDemandedAt: context.clock.now(), twoFactorGraceDays: 14 });
    expect(await getCompany(context.db, here)).toEqual(demanding);
    expect(await Promise.all([user, stranger, nobodys].map((one) => dueOf(one)))).toEqual([due, null, null]);
    const { email } = user;
    const signedIn = await signIn(context.db, { email, password: testPassword, ipAddress });
    expect(signedIn).toMatchObject({ status: "signed-in", secondFactorDue: due });
    expect(await opens(user)).toEqual([true, true]);
    context.clock.advance({ days: 14 });
    expect(await opens(user)).toEqual([false, false]);
    expect(await opens(stranger)).toEqual([true, true]);
    await enableTwoFactor(context.db, context.clock, user.id);
    expect(await opens(user)).toEqual([true, true]);
  });

  test("is demanded of every role that can have one", async () => {
    const companyId = await company();
    await demandTwoFactor(context.db, { id: companyId, graceDays: 0 });
    const roles: UserRole[] = ["super_admin", "admin", "analyst", "user", "company_user"];
    for (const role of roles)
      expect([role, await opens(await member(companyId, { role }))]).toEqual([role, [false, false]]);
    const demo = await member(companyId, { role: "demo", expires_at: inDays(9) });
    expect(await dueOf(demo)).toBeNull();
  });

  test("gives new accounts, and who is moved there, their days from then on", async () => {
    const [companyId, former] = [await company(), await company()];
    const old = await member(former, { created_at: inDays(-400) });
    await demandTwoFactor(context.db, { id: companyId, graceDays: 7 });
    context.clock.advance({ days: 30 });
    expect(await dueOf(await member(companyId))).toEqual(inDays(7));
    const moved = await moveUserToCompany(context.db, { id: old.id, companyId });
    expect(moved.companySince).toEqual(context.clock.now());
    expect(await dueOf(old)).toEqual(inDays(7));
    expect(await moveUserToCompany(context.db, { id: old.id, companyId: null })).toMatchObject({ companySince: null });
    expect(await dueOf(old)).toBeNull();
  });

  test("counts its days from when it was demanded first, whatever their number is then", async () => {
    const companyId = await company();
    const user = await member(companyId);
    const [first, second] = [inDays(20), inDays(3)];
    await demandTwoFactor(context.db, { id: companyId, graceDays: 20 });
    context.clock.advance({ days: 1 });
    await demandTwoFactor(context.db, { id: companyId, graceDays: 20 });
    expect(await dueOf(user)).toEqual(first);
    await demandTwoFactor(context.db, { id: companyId, graceDays: 3 });
    expect(await dueOf(user)).toEqual(second);
    expect(await auditedActions(context.db, "companies", companyId)).toEqual(
      Array.from({ length: 2 }, () => "company_two_factor_demanded"),
    );
  });

  test("is no longer demanded when it is waived, which is told once", async () => {
    const companyId = await company();
    const admin = await member(companyId, { role: "admin" });
    await demandTwoFactor(context.db, { id: companyId }, on({ userId: admin.id }));
    for (let times = 0; times < 2; times += 1) {
      expect(await waiveTwoFactor(context.db, { id: companyId })).toMatchObject({
        twoFactorDemandedAt: null,
        twoFactorGraceDays: null,
      });
    }
    expect(await dueOf(admin)).toBeNull();
    const actions = await auditedActions(context.db, "companies", companyId);
    expect(actions).toEqual(["company_two_factor_demanded", "company_two_factor_waived"]);
  });

  test("attack: a company asks for more than the installation, and never for less", async () => {
    const twoFactorRoles: UserRole[] = ["analyst"];
    const installation = await context.openAnother({ accountPolicy: { twoFactorRoles, twoFactorGraceDays: 7 } });
    const companyId = await company();
    const [analyst, user] = [await member(companyId, { role: "analyst" }), await member(companyId)];
    const dues = async () => [await dueOf(analyst, installation), await dueOf(user, installation)];
    expect(await dues()).toEqual([inDays(7), null]);
    await demandTwoFactor(installation, { id: companyId, graceDays: 365 });
    expect(await dues()).toEqual([inDays(7), inDays(365)]);
    await demandTwoFactor(installation, { id: companyId, graceDays: 1 });
    expect(await dues()).toEqual([inDays(1), inDays(1)]);
    await waiveTwoFactor(installation, { id: companyId });
    expect(await dues()).toEqual([inDays(7), null]);
  });

  test("attack: an administrator of a company neither demands nor waives it elsewhere", async () => {
    const [own, other] = [await company(), await company()];
    await demandTwoFactor(context.db, { id: own });
    const foreign = { ...inCompany(other), role: "admin" as const };
    for (const operation of [demandTwoFactor, waiveTwoFactor]) {
      await expect(operation(context.db, { id: own }, foreign)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await getCompany(context.db, own)).toMatchObject({ twoFactorGraceDays: 7 });
    for (const graceDays of [-1, 366, 1.5]) {
      const refused = demandTwoFactor(context.db, { id: own, graceDays });
      await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", field: "graceDays" });
    }
  });
});
